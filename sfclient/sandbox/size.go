package sandbox

import "fmt"

// How big an org's definitions are: a describe of two megabytes and a list of nine
// hundred objects are found in the field.

// manyFrom is where the key prefixes of the many objects begin, behind those of the
// custom objects by name.
const manyFrom = 1000

// manyObjects are Many0001__c and so on. They can be chosen as "Related To".
func (r *Rules) manyObjects() []CustomObject {
	objects := make([]CustomObject, r.ManyObjects)
	for i := range objects {
		objects[i] = CustomObject{
			Name: fmt.Sprintf("Many%04d__c", i+1), Label: fmt.Sprintf("Many %d", i+1), AllowActivities: true, AllowSearch: true,
		}
	}
	return objects
}

// padding is picklists of a hundred values until their describe has so many bytes.
func padding(bytes int) []Field {
	const values = 100
	var fields []Field
	for bytes > 0 {
		choices := make([]Choice, values)
		for i := range choices {
			choices[i] = Choice{Value: fmt.Sprintf("Padding_%d", i+1), Label: fmt.Sprintf("Padding %d", i+1)}
		}
		f := picklist(fmt.Sprintf("Padding%04d__c", len(fields)+1), "CFGNSU", choices...)
		fields = append(fields, f)
		bytes -= len(appendJSON(nil, describeField(&sobject{}, &f)))
	}
	return fields
}
