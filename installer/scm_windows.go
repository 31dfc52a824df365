package installer

import (
	"context"

	"golang.org/x/sys/windows/svc"
)

// RunAsService runs the daemon as the Windows service of that name, which Windows
// started this process as; it returns once the service has ended. kardianos/service
// would ask whether Windows did, and believes no in some sessions; the definition says
// so here.
func RunAsService(name string, run func(context.Context) error) error {
	s := &scmService{run: run}
	if err := svc.Run(name, s); err != nil {
		return &Error{Code: CodeNoManager, Err: err}
	}
	return s.failure
}

// scmService answers the service control manager while the daemon runs.
type scmService struct {
	run     func(context.Context) error
	failure error
}

// failedCode is what the service ends with where the daemon failed: by it the manager
// knows to start it again.
const failedCode = 1

// Execute implements svc.Handler.
func (s *scmService) Execute(_ []string, asked <-chan svc.ChangeRequest, told chan<- svc.Status) (specific bool, code uint32) {
	ctx, stop := context.WithCancel(context.Background())
	defer stop()
	ended := make(chan error, 1)
	told <- svc.Status{State: svc.StartPending}
	go func() { ended <- s.run(ctx) }()
	told <- svc.Status{State: svc.Running, Accepts: svc.AcceptStop | svc.AcceptShutdown}
	for {
		select {
		case s.failure = <-ended:
			if s.failure != nil {
				return true, failedCode
			}
			return false, 0
		case request := <-asked:
			switch request.Cmd {
			case svc.Interrogate:
				told <- request.CurrentStatus
			case svc.Stop, svc.Shutdown:
				told <- svc.Status{State: svc.StopPending}
				stop()
			}
		}
	}
}
