// What fieldpost.js says, in French: connect({ words }).
export const words = {
  insecure: "Le navigateur interdit fieldpost aux pages sans https. Ouvrez le site en https.",
  safari: "Safari interdit aux pages https les applications de cet appareil. Changez de navigateur, ou enregistrez le fichier et déposez-le dans l’Inbox de fieldpost.",
  permission: "Le navigateur interdit à ce site les applications de cet appareil. Cliquez sur le symbole près de l’adresse, autorisez-les, puis réessayez.",
  no_answer: "fieldpost ne répond pas : il est arrêté, ou n’autorise pas ce site (web.allowed_origins). Ouvrez-le et réessayez, ou enregistrez le fichier et déposez-le dans son Inbox.",
  impostor: "Ce qui répond n’est pas le fieldpost associé à ce site, ou il a retiré le site. Rien n’a été envoyé. Ouvrez votre fieldpost et réessayez, ou associez le site de nouveau.",
  not_paired: "Ce site n’est pas encore associé à fieldpost. Associez-le, puis autorisez-le sur la page de fieldpost.",
  denied: "Ce site a été refusé sur la page de fieldpost. Il pourra redemander dans un jour.",
  expired: "Personne n’a répondu à temps sur la page de fieldpost. Ouvrez-la et redemandez.",
};
