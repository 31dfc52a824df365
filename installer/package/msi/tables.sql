-- What is done to the tables that wixl made, a statement a line. The properties of a
-- command line: LOGIN_URL, CLIENT_ID and POLICY become the policy; SERVICE=none installs
-- no service; DISCARD_DATA=1 takes the policy away when uninstalling. Only secure
-- properties reach the elevated half of an install that a user began.
UPDATE Property SET Value='CLIENT_ID;DISCARD_DATA;LOGIN_URL;NEWERFOUND;OLDERFOUND;POLICY;SERVICE' WHERE Property='SecureCustomProperties'

-- An upgrade takes the older one off first, within the same transaction. The same
-- version counts as older (512): pre-releases of one version have one number here.
INSERT INTO Upgrade (UpgradeCode, VersionMin, VersionMax, Attributes, ActionProperty) VALUES ('{B4B0D6F1-7C7E-5A1B-9D0E-3F8B52C4A6D7}', '0.0.0', '${VERSION}', 769, 'OLDERFOUND')
INSERT INTO InstallExecuteSequence (Action, Sequence) VALUES ('RemoveExistingProducts', 1501)

-- The PATH of the machine.
CREATE TABLE Environment (Environment CHAR(72) NOT NULL, Name CHAR(255) NOT NULL LOCALIZABLE, Value CHAR(255) LOCALIZABLE, Component_ CHAR(72) NOT NULL PRIMARY KEY Environment)
INSERT INTO Environment (Environment, Name, Value, Component_) VALUES ('Path', '=-*PATH', '[~];[INSTALLDIR]', 'Program')
INSERT INTO InstallExecuteSequence (Action, Sequence) VALUES ('RemoveEnvironmentStrings', 3300)
INSERT INTO InstallExecuteSequence (Action, Sequence) VALUES ('WriteEnvironmentStrings', 5200)

-- DISCARD_DATA=1: a row of RemoveFile counts where the property of its folder is set.
INSERT INTO CustomAction (Action, Type, Source, Target) VALUES ('DiscardPolicy', 51, 'POLICYFOLDER', '[CommonAppDataFolder]fieldpost')
INSERT INTO InstallExecuteSequence (Action, Condition, Sequence) VALUES ('DiscardPolicy', 'REMOVE="ALL" AND DISCARD_DATA=1 AND NOT UPGRADINGPRODUCTCODE', 750)
INSERT INTO RemoveFile (FileKey, Component_, FileName, DirProperty, InstallMode) VALUES ('DiscardPolicy', 'Program', 'policy.toml', 'POLICYFOLDER', 2)
INSERT INTO RemoveFile (FileKey, Component_, DirProperty, InstallMode) VALUES ('DiscardPolicyFolder', 'Program', 'POLICYFOLDER', 2)

-- Types of actions: 18 runs an installed program, 34 another one; 1024 deferred, 2048 as
-- the system; 64 goes on after a failure; 256 is run to undo.
--
-- A running fieldpost holds its file. It is ended hard: Windows has no way to ask a
-- process without a window, and nothing acknowledged is lost by it.
INSERT INTO CustomAction (Action, Type, Source, Target) VALUES ('StopRunning', 3170, 'INSTALLDIR', '"[System64Folder]taskkill.exe" /F /IM fieldpostw.exe /IM fieldpost.exe')
INSERT INTO InstallExecuteSequence (Action, Condition, Sequence) VALUES ('StopRunning', 'Installed', 3402)

-- Taking the service away never fails, so that nobody is left with half a program.
INSERT INTO CustomAction (Action, Type, Source, Target) VALUES ('UninstallService', 3154, 'fieldpost.exe', 'service uninstall --all-users')
INSERT INTO InstallExecuteSequence (Action, Condition, Sequence) VALUES ('UninstallService', 'REMOVE="ALL" AND NOT UPGRADINGPRODUCTCODE', 3401)

-- The policy and the service must be right, or the install fails and is undone (but for
-- the policy): where
-- an install is green and nothing runs, the reps find out.
INSERT INTO CustomAction (Action, Type, Source, Target) VALUES ('PlacePolicy', 3090, 'fieldpost.exe', 'config place-policy --from "[POLICY]" --login-url "[LOGIN_URL]" --client-id "[CLIENT_ID]"')
INSERT INTO InstallExecuteSequence (Action, Condition, Sequence) VALUES ('PlacePolicy', '(LOGIN_URL OR CLIENT_ID OR POLICY) AND NOT REMOVE="ALL"', 4010)
INSERT INTO CustomAction (Action, Type, Source, Target) VALUES ('UndoService', 3410, 'fieldpost.exe', 'service uninstall --all-users')
INSERT INTO InstallExecuteSequence (Action, Condition, Sequence) VALUES ('UndoService', 'NOT Installed AND NOT OLDERFOUND AND NOT SERVICE="none"', 4020)
INSERT INTO CustomAction (Action, Type, Source, Target) VALUES ('InstallService', 3090, 'fieldpost.exe', 'service install --all-users')
INSERT INTO InstallExecuteSequence (Action, Condition, Sequence) VALUES ('InstallService', 'NOT REMOVE="ALL" AND NOT SERVICE="none"', 4030)
