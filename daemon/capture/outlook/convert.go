// Package outlook turns a message that Outlook saved (.msg, [MS-OXMSG]) into the mail of
// RFC 5322 or the calendar of RFC 5545 that says the same, so that one reader of each reads
// everything. It reads the container through a library and knows nothing of activities.
package outlook

import (
	"strings"
	"time"

	"fieldpost/daemon/capture"
)

// Kind is what a message turned into.
type Kind int

// A mail is read by package mail, a calendar by package calendar.
const (
	Mail Kind = iota
	Calendar
)

// The ids of the properties that are read ([MS-OXPROPS]).
const (
	tagMessageClass   = 0x001A
	tagSubject        = 0x0037
	tagSubmitTime     = 0x0039
	tagSensitivity    = 0x0036
	tagDeliveryTime   = 0x0E06
	tagHeaders        = 0x007D
	tagMessageID      = 0x1035
	tagBody           = 0x1000
	tagHTML           = 0x1013
	tagSenderName     = 0x0C1A
	tagSenderAddress  = 0x0C1F
	tagSenderSMTP     = 0x5D01
	tagSentForName    = 0x0042
	tagSentForAddress = 0x0065
	tagSentForSMTP    = 0x5D02
	tagDisplayName    = 0x3001
	tagAddress        = 0x3003
	tagSMTP           = 0x39FE
	tagRecipientKind  = 0x0C15
	tagRecipientFlags = 0x5FFD
	tagFileName       = 0x3704
	tagLongFileName   = 0x3707
	tagAttachData     = 0x3701
	tagAttachMIME     = 0x370E
	tagContentID      = 0x3712
)

// Convert reads a .msg file. Zone is the rep's, in which the days of whole-day appointments
// are counted where the file does not say. The error is a *capture.Refusal.
func Convert(data []byte, zone *time.Location) (Kind, []byte, error) {
	d, err := open(data)
	if err != nil {
		return 0, nil, capture.Refuse(capture.NotMail)
	}
	class := strings.ToUpper(d.text(d.message, tagMessageClass))
	switch {
	case strings.HasPrefix(class, "REPORT."):
		return 0, nil, capture.Refuse(capture.DeliveryReceipt)
	case class == "IPM.NOTE", strings.HasPrefix(class, "IPM.NOTE."), class == "IPM":
		return Mail, d.mail(), nil
	case class == "IPM.APPOINTMENT", strings.HasPrefix(class, "IPM.APPOINTMENT."):
		return d.calendar("PUBLISH", zone)
	case strings.HasPrefix(class, "IPM.SCHEDULE.MEETING.REQUEST"):
		return d.calendar("REQUEST", zone)
	case strings.HasPrefix(class, "IPM.SCHEDULE.MEETING.CANCELED"):
		return d.calendar("CANCEL", zone)
	case strings.HasPrefix(class, "IPM.SCHEDULE.MEETING."):
		return 0, nil, capture.Refuse(capture.NothingToLog) // an answer to an invitation
	}
	return 0, nil, capture.Refuse(capture.NotMail)
}

// person is somebody whom the message names.
type person struct {
	name, address string
	kind          uint64 // of a recipient
}

// The kinds of recipients ([MS-OXOMSG] 2.2.3.1.2).
const (
	toRecipient  = 1
	ccRecipient  = 2
	bccRecipient = 3
)

// sender is who wrote the message; on behalf of somebody, that is who it is from.
func (d *document) sender() person {
	for _, ids := range [][3]uint16{
		{tagSentForName, tagSentForSMTP, tagSentForAddress},
		{tagSenderName, tagSenderSMTP, tagSenderAddress},
	} {
		p := person{name: d.text(d.message, ids[0]), address: d.smtp(d.message, ids[1], ids[2])}
		if p.address != "" {
			return p
		}
	}
	return person{}
}

// people are the recipients that have an address of the internet. Names of an Exchange
// alone lead to nobody.
func (d *document) people() []person {
	var all []person
	for _, o := range d.recipients {
		p := person{
			name: d.text(o, tagDisplayName), address: d.smtp(o, tagSMTP, tagAddress), kind: o.numbers[tagRecipientKind] & 0xF,
		}
		const organizer = 0x2
		if p.address != "" && (p.kind >= toRecipient && p.kind <= bccRecipient || o.numbers[tagRecipientFlags]&organizer != 0) {
			all = append(all, p)
		}
	}
	return all
}

func (d *document) smtp(o *object, ids ...uint16) string {
	for _, id := range ids {
		if address := d.text(o, id); strings.Contains(address, "@") && !strings.HasPrefix(address, "/") {
			return strings.TrimSpace(address)
		}
	}
	return ""
}
