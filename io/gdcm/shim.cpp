#include "shim.h"

#include <gdcmJPEG2000Codec.h>
#include <gdcmJPEGCodec.h>
#include <gdcmJPEGLSCodec.h>
#include <gdcmSequenceOfFragments.h>
#include <gdcmTrace.h>

#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <exception>
#include <memory>
#include <mutex>
#include <new>
#include <string>

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

void say(char *message, size_t room, const char *text) { std::snprintf(message, room, "%s", text); }

std::unique_ptr<gdcm::ImageCodec> codec(const ex_frame *f)
{
	std::unique_ptr<gdcm::ImageCodec> c;
	switch (f->codec) {
	case EX_JPEG:
		c.reset(new gdcm::JPEGCodec);
		break;
	case EX_JPEGLS:
		c.reset(new gdcm::JPEGLSCodec);
		break;
	case EX_JPEG2000:
		c.reset(new gdcm::JPEG2000Codec);
		break;
	default:
		return c;
	}
	const unsigned dimensions[3] = {f->columns, f->rows, 1};
	const unsigned short allocated = f->bits <= 8 ? 8 : f->bits <= 16 ? 16 : 32;
	c->SetNumberOfDimensions(2);
	c->SetDimensions(dimensions);
	c->SetPlanarConfiguration(0);
	// With this name a JPEG of three channels is given as it is stored.
	c->SetPhotometricInterpretation(f->samples == 1 ? gdcm::PhotometricInterpretation::MONOCHROME2
	                                : f->codec == EX_JPEG ? gdcm::PhotometricInterpretation::YBR_FULL
	                                                      : gdcm::PhotometricInterpretation::RGB);
	c->SetPixelFormat(gdcm::PixelFormat(f->samples, allocated, f->bits, f->bits - 1, f->is_signed));
	return c;
}

} // namespace

int ex_decode(const ex_frame *f, const void *data, size_t n, void *out, size_t size, char *message, size_t room)
try {
	Quiet quiet;
	auto c = codec(f);
	gdcm::Fragment fragment;
	fragment.SetByteValue(static_cast<const char *>(data), gdcm::VL(static_cast<uint32_t>(n)));
	gdcm::SmartPointer<gdcm::SequenceOfFragments> fragments = new gdcm::SequenceOfFragments;
	fragments->AddFragment(fragment);
	gdcm::DataElement in(gdcm::Tag(0x7fe0, 0x0010)), samples;
	in.SetValue(*fragments);
	if (!c || !c->Decode(in, samples)) {
		say(message, room, "it is damaged or of an unusual kind");
		return 0;
	}
	const gdcm::ByteValue *v = samples.GetByteValue();
	const size_t got = v ? static_cast<size_t>(v->GetLength()) : 0;
	if (got < size || got > size + 1) { // an odd number is made even
		say(message, room, "it holds another number of samples than it says");
		return 0;
	}
	std::memcpy(out, v->GetPointer(), size);
	return 1;
} catch (const std::bad_alloc &) {
	say(message, room, "it needs more memory than there is");
	return 0;
} catch (const std::exception &e) {
	say(message, room, e.what());
	return 0;
} catch (...) {
	say(message, room, "it is damaged");
	return 0;
}
