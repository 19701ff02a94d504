#include "shim.h"

#include <gdcmJPEG2000Codec.h>
#include <gdcmJPEGCodec.h>
#include <gdcmJPEGLSCodec.h>
#include <gdcmSequenceOfFragments.h>
#include <gdcmTrace.h>

#include <cstdio>
#include <cstring>
#include <exception>
#include <istream>
#include <mutex>
#include <new>
#include <ostream>
#include <streambuf>

namespace
{

// Quiet keeps GDCM and the JPEG code inside it from writing to the standard error while it lives: the one
// through its own switches, the other through the C library's stream, which has no other handle.
class Quiet
{
public:
	Quiet()
	{
		std::lock_guard<std::mutex> hold(mutex);
		if (users++ > 0)
			return;
		gdcm::Trace::DebugOff();
		gdcm::Trace::WarningOff();
		gdcm::Trace::ErrorOff();
		if (!nowhere)
			nowhere = std::fopen("/dev/null", "w");
		if (nowhere) {
			before = stderr;
			stderr = nowhere;
		}
	}
	~Quiet()
	{
		std::lock_guard<std::mutex> hold(mutex);
		if (--users == 0 && nowhere)
			stderr = before;
	}
	Quiet(const Quiet &) = delete;
	Quiet &operator=(const Quiet &) = delete;

private:
	static std::mutex mutex;
	static int users;
	static FILE *nowhere, *before;
};

std::mutex Quiet::mutex;
int Quiet::users = 0;
FILE *Quiet::nowhere = nullptr, *Quiet::before = nullptr;

// Memory is a stream over memory of the caller, so that GDCM reads and writes there without copies of its own.
class Memory : public std::streambuf
{
public:
	Memory(const void *data, size_t n)
	{
		char *p = static_cast<char *>(const_cast<void *>(data)); // the get area is not written to
		setg(p, p, p + n);
	}
	Memory(void *out, size_t size, bool)
	{
		char *p = static_cast<char *>(out);
		setp(p, p + size);
	}
	bool full() const { return pptr() == epptr(); }

protected:
	pos_type seekoff(off_type off, std::ios_base::seekdir dir, std::ios_base::openmode which) override
	{
		if (!(which & std::ios_base::in))
			return pos_type(off_type(-1));
		off_type from = dir == std::ios_base::beg ? 0 : dir == std::ios_base::end ? egptr() - eback() : gptr() - eback();
		from += off;
		if (from < 0 || from > egptr() - eback())
			return pos_type(off_type(-1));
		setg(eback(), eback() + from, egptr());
		return pos_type(from);
	}
	pos_type seekpos(pos_type at, std::ios_base::openmode which) override
	{
		return seekoff(off_type(at), std::ios_base::beg, which);
	}
};

// Streaming gives a codec's way from stream to stream, which is not public.
template <class Codec> class Streaming : public Codec
{
public:
	using Codec::DecodeByStreams;
};

void say(char *message, size_t room, const char *text) { std::snprintf(message, room, "%s", text); }

// prepare tells a codec what it decodes.
void prepare(gdcm::ImageCodec &c, const ex_frame *f)
{
	const unsigned dimensions[3] = {f->columns, f->rows, 1};
	const unsigned short allocated = f->bits <= 8 ? 8 : f->bits <= 16 ? 16 : 32;
	c.SetNumberOfDimensions(2);
	c.SetDimensions(dimensions);
	c.SetPlanarConfiguration(0);
	// With this name a JPEG of three channels is given as it is stored.
	c.SetPhotometricInterpretation(f->samples == 1 ? gdcm::PhotometricInterpretation::MONOCHROME2
	                               : f->codec == EX_JPEG ? gdcm::PhotometricInterpretation::YBR_FULL
	                                                     : gdcm::PhotometricInterpretation::RGB);
	c.SetPixelFormat(gdcm::PixelFormat(f->samples, allocated, f->bits, f->bits - 1, f->is_signed));
}

// stream decodes to out; false when it fails or gives another number of bytes.
template <class Codec> bool stream(const ex_frame *f, const void *data, size_t n, void *out, size_t size)
{
	Streaming<Codec> c;
	prepare(c, f);
	Memory from(data, n), to(out, size, true);
	std::istream in(&from);
	std::ostream samples(&to);
	return c.DecodeByStreams(in, samples) && samples.good() && to.full();
}

// whole does it for JPEG-LS, which knows data elements only.
bool whole(const ex_frame *f, const void *data, size_t n, void *out, size_t size)
{
	gdcm::JPEGLSCodec c;
	prepare(c, f);
	gdcm::Fragment fragment;
	fragment.SetByteValue(static_cast<const char *>(data), gdcm::VL(static_cast<uint32_t>(n)));
	gdcm::SmartPointer<gdcm::SequenceOfFragments> fragments = new gdcm::SequenceOfFragments;
	fragments->AddFragment(fragment);
	gdcm::DataElement in(gdcm::Tag(0x7fe0, 0x0010)), samples;
	in.SetValue(*fragments);
	if (!c.Decode(in, samples))
		return false;
	const gdcm::ByteValue *v = samples.GetByteValue();
	const size_t got = v ? static_cast<size_t>(v->GetLength()) : 0;
	if (got < size || got > size + 1) // an odd number is made even
		return false;
	std::memcpy(out, v->GetPointer(), size);
	return true;
}

} // namespace

int ex_decode(const ex_frame *f, const void *data, size_t n, void *out, size_t size, char *message, size_t room)
try {
	Quiet quiet;
	bool ok = false;
	switch (f->codec) {
	case EX_JPEG:
		ok = stream<gdcm::JPEGCodec>(f, data, n, out, size);
		break;
	case EX_JPEGLS:
		ok = whole(f, data, n, out, size);
		break;
	case EX_JPEG2000:
		ok = stream<gdcm::JPEG2000Codec>(f, data, n, out, size);
		break;
	}
	if (!ok)
		say(message, room, "they are damaged or of an unusual kind");
	return ok;
} catch (const std::bad_alloc &) {
	say(message, room, "they need more memory than there is");
	return 0;
} catch (const std::exception &e) {
	say(message, room, e.what());
	return 0;
} catch (...) {
	say(message, room, "they are damaged");
	return 0;
}
