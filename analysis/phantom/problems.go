package phantom

import "fmt"

// Problems collects what is wrong with the parameters of a phantom; the zero value is ready.
type Problems struct{ all error }

// Want notes a problem unless ok.
func (p *Problems) Want(ok bool, format string, v ...any) {
	if !ok {
		p.Note(fmt.Errorf(format, v...))
	}
}

// Note notes err, unless it is nil.
func (p *Problems) Note(err error) {
	switch {
	case err == nil:
	case p.all == nil:
		p.all = err
	default:
		p.all = fmt.Errorf("%w; %w", p.all, err)
	}
}

// Of is nil without problems, else one line about the phantom of that name that wraps [ErrPhantom].
func (p *Problems) Of(name string) error {
	if p.all == nil {
		return nil
	}
	return fmt.Errorf("%w: %s: %w", ErrPhantom, name, p.all)
}
