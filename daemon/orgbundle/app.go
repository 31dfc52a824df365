package orgbundle

import (
	"fmt"
	"strings"
)

// policy is the name that an org itself gives to the policies of an app: under it the
// bundle's replace the ones that come with the app, rather than stand beside them.
const policy = name + "_defaultPolicy"

// app is the External Client App that the reps sign in with: a local one, without a
// secret, since a program on a laptop keeps none (salesforce.md 1.1).
func (in *Input) app() []component {
	of := text("externalClientApplication", name)
	return []component{
		{"ExternalClientApplication", name, "externalClientApps/" + name + ".eca", group(
			"ExternalClientApplication",
			text("contactEmail", contact),
			text("description", in.say("Sign-in of fieldpost, which logs shares and meetings from the reps' computers.",
				"Connexion de fieldpost, qui enregistre partages et réunions depuis les ordinateurs des commerciaux.")),
			text("distributionState", "Local"),
			flag("isProtected", false),
			text("label", name),
		)},
		{"ExtlClntAppConfigurablePolicies", policy, "extlClntAppPolicies/" + policy + ".ecaPlcy", group(
			"ExtlClntAppConfigurablePolicies",
			of,
			flag("isEnabled", true),
			flag("isOauthPluginEnabled", true),
			text("label", policy),
		)},
		{"ExtlClntAppGlobalOauthSettings", name, "extlClntAppGlobalOauthSets/" + name + ".ecaGlblOauth", group(
			"ExtlClntAppGlobalOauthSettings",
			text("callbackUrl", in.callbacks()),
			of,
			flag("isClientCredentialsFlowEnabled", false),
			flag("isCodeCredFlowEnabled", false),
			flag("isConsumerSecretOptional", true),
			flag("isDeviceFlowEnabled", false),
			flag("isIntrospectAllTokens", false),
			flag("isNamedUserJwtEnabled", false),
			flag("isPkceRequired", true),
			flag("isRefreshTokenRotationEnabled", true),
			flag("isSecretRequiredForRefreshToken", false),
			flag("isTokenExchangeEnabled", false),
			text("label", name),
			flag("shouldRotateConsumerKey", false),
			flag("shouldRotateConsumerSecret", false),
		)},
		{"ExtlClntAppOauthConfigurablePolicies", policy, "extlClntAppOauthPolicies/" + policy + ".ecaOauthPlcy", group(
			"ExtlClntAppOauthConfigurablePolicies",
			of,
			text("ipRelaxationPolicyType", relaxForRefresh),
			flag("isClientCredentialsFlowEnabled", false),
			flag("isGuestCodeCredFlowEnabled", false),
			flag("isTokenExchangeFlowEnabled", false),
			text("label", policy),
			text("permittedUsersPolicyType", "AllSelfAuthorized"),
			text("refreshTokenPolicyType", "Infinite"),
			text("requiredSessionLevel", "STANDARD"),
		)},
		{"ExtlClntAppOauthSettings", name, "extlClntAppOauthSettings/" + name + ".ecaOauth", group(
			"ExtlClntAppOauthSettings",
			text("commaSeparatedOauthScopes", "Api, RefreshToken"),
			of,
			text("label", name),
		)},
	}
}

const (
	// contact stands where the administrator's own address belongs: an app must have
	// one, and nobody told it.
	contact = "administrator@example.com"
	// relaxForRefresh is "Enforce IP restrictions, but relax for refresh tokens": a rep
	// signs in where the company allows it and then roams (salesforce.md section 2). The
	// metadata guide prints relaxInGuide; this is how orgs are reported to spell it, in
	// their records and in the error that lists the values.
	relaxForRefresh = "Enforce_relaxrefresh"
	relaxInGuide    = "Enforce_RelaxRefresh"
)

// callbacks are the addresses one a line, as the field in Setup takes them.
func (in *Input) callbacks() string {
	lines := make([]string, len(in.RedirectPorts))
	for i, port := range in.RedirectPorts {
		lines[i] = fmt.Sprintf("http://localhost:%d/callback", port)
	}
	return strings.Join(lines, "\n")
}

// say gives what people of the org read, in their language.
func (in *Input) say(english, french string) string {
	if in.Language == "fr" {
		return french
	}
	return english
}
