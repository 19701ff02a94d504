// Package worker decodes files that are not ours in a process of its own, so that a crash, a hang or a
// file that unpacks to terabytes is an error message.
//
// The worker is the same program started again ("explant read-worker"). Requests and answers travel
// over two pipes as length-prefixed JSON, pixels through shared memory without a conversion. The pieces of
// shared memory each have a socket on which they are asked for, because that happens for every window. A process
// serves one open file at a time and goes on to the next; several files open at once have several
// processes. Each has a limit on its memory, and each request a limit on its time. A process that
// crashes, hangs or is cancelled is killed and replaced when the next file is opened; it ends with
// the program that started it, by the end of its pipe and by the parent-death signal.
//
// Any program that imports this package can serve: the package's init looks for the variable that
// [Open] sets, serves and exits, before main or any test begins. So neither a program nor a test has
// to remember to.
package worker
