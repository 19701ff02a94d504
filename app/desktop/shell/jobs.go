package shell

import (
	"fmt"
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"explant/app/desktop/runner"
	"explant/app/pipeline"
)

// jobsPanel lists the runs: those under way with their progress, those that wait, and how the others
// ended.
type jobsPanel struct {
	box   fyne.CanvasObject
	shell *Shell
	empty *widget.Label
	list  *fyne.Container
	cards map[int]*jobCard
}

// jobCard shows one run.
type jobCard struct {
	box     *fyne.Container
	title   *widget.Label
	text    *widget.Label
	bar     *widget.ProgressBar
	endless *widget.ProgressBarInfinite
	cancel  *widget.Button
	results *widget.Button
	more    *foldable
	details *widget.Label
}

func newJobsPanel(s *Shell) *jobsPanel {
	p := &jobsPanel{shell: s, list: container.NewVBox(), cards: map[int]*jobCard{}, empty: wrapped("Nothing was run yet. Choose a protocol under Run and press Ctrl+Enter: what runs shows its progress here, and more can wait behind it.")}
	p.box = container.NewVScroll(container.NewVBox(p.empty, p.list))
	return p
}

// show shows how a run stands now.
func (p *jobsPanel) show(t runner.Task) {
	c := p.cards[t.ID]
	if c == nil {
		c = p.card(t)
		p.cards[t.ID] = c
		p.list.Objects = append([]fyne.CanvasObject{c.box}, p.list.Objects...) // the newest on top
		p.empty.Hide()
		p.list.Refresh()
	}
	c.show(t)
	p.shell.status.jobs.SetText(summary(p.shell.runner.Tasks()))
}

func (p *jobsPanel) card(t runner.Task) *jobCard {
	c := &jobCard{title: widget.NewLabel(pipeline.ImageName(t.Order.Image) + ", " + rulesName(t.Order)), text: wrapped(""),
		bar: widget.NewProgressBar(), endless: widget.NewProgressBarInfinite()}
	c.title.TextStyle.Bold = true
	c.title.Truncation = fyne.TextTruncateEllipsis
	c.text.Selectable = true
	c.cancel = widget.NewButtonWithIcon("Cancel", theme.CancelIcon(), func() { p.shell.runner.Cancel(t.ID) })
	c.results = widget.NewButtonWithIcon("Results", theme.ListIcon(), func() { p.shell.openResults(t.Order) })
	c.details = small("", widget.MediumImportance)
	c.details.Selectable = true
	c.more = newFold("Details", false, flat(theme.ContentCopyIcon(), func() {
		p.shell.app.Clipboard().SetContent(c.details.Text)
		p.shell.status.say("copied")
	}), func() fyne.CanvasObject { return c.details })
	c.box = container.NewVBox(container.NewBorder(nil, nil, nil, container.NewHBox(c.cancel, c.results), c.title), c.bar, c.endless, c.text, c.more.box, widget.NewSeparator())
	return c
}

func (c *jobCard) show(t runner.Task) {
	c.details.SetText(details(t))
	share := t.State.Share()
	running := t.Stand == runner.Running
	shown(c.cancel, !t.Stand.Over())
	shown(c.results, t.Stand == runner.Done)
	shown(c.bar, running && share >= 0)
	shown(c.endless, running && share < 0)
	if running && share < 0 {
		c.endless.Start()
	} else {
		c.endless.Stop()
	}
	c.bar.SetValue(max(share, 0))
	c.text.Importance = widget.MediumImportance
	text := ""
	switch t.Stand {
	case runner.Waiting:
		text = "waits for the run before it"
	case runner.Running:
		text = t.State.String()
	case runner.Done:
		text = fmt.Sprintf("done in %.3g s: %d measurements, %d flags", t.State.Elapsed.Seconds(), len(t.Result.Measurements), len(t.Result.Flags))
	case runner.Cancelled:
		text = "cancelled; nothing was written"
	case runner.Failed:
		c.text.Importance = widget.DangerImportance
		text = "The run failed. " + t.Err.Error()
	}
	c.text.SetText(text)
}

// details are what one copies into a mail that asks for help.
func details(t runner.Task) string {
	lines := []string{"explant " + pipeline.Version, "image: " + t.Order.Image, "results: " + t.Order.Out, "the same from the command line:", t.Order.Command()}
	if t.Err != nil {
		lines = append(lines, "failed in: "+t.State.Stage, "error: "+t.Err.Error())
	}
	return strings.Join(lines, "\n")
}

// summary tells in the status bar what runs and what waits.
func summary(all []runner.Task) string {
	text, waiting := "", 0
	for _, t := range all {
		switch t.Stand {
		case runner.Waiting:
			waiting++
		case runner.Running:
			text = "running: " + t.State.Stage
			if share := t.State.Share(); share >= 0 {
				text += fmt.Sprintf(" %.0f %%", 100*share)
			}
		}
	}
	if waiting > 0 {
		text += fmt.Sprintf(", %d waiting", waiting)
	}
	return text
}
