package config

import "golang.org/x/sys/windows"

// protect gives the folder to the administrators: they and the system write, users
// read, and nothing is taken over from the folder above.
func protect(folder string) error {
	descriptor, err := windows.SecurityDescriptorFromString("O:BAD:P(A;OICI;FA;;;BA)(A;OICI;FA;;;SY)(A;OICI;FRFX;;;BU)")
	if err != nil {
		return err
	}
	owner, _, err := descriptor.Owner()
	if err != nil {
		return err
	}
	list, _, err := descriptor.DACL()
	if err != nil {
		return err
	}
	const what = windows.OWNER_SECURITY_INFORMATION | windows.DACL_SECURITY_INFORMATION | windows.PROTECTED_DACL_SECURITY_INFORMATION
	return windows.SetNamedSecurityInfo(folder, windows.SE_FILE_OBJECT, what, owner, nil, list, nil)
}
