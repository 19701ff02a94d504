// Package scanco reads the volumes of Scanco micro-CT scanners: ISQ files, and AIM files of versions 020
// and 030, plain or run-length compressed.
//
// An ISQ file states the physical size of the whole volume in µm, an AIM file the size of a voxel in mm.
// Values are given as stored; the factor mu_scaling that turns them into an attenuation per cm is told in
// a warning. The origin of an AIM file is its position in the scan it was cut from. Blocks of packed bits,
// vectors and AIM files before version 020 are refused.
//
// Sources: the ISQ header in Scanco's support note "ISQ file format"; for AIM the headers as AimIO
// (https://github.com/Numerics88/AimIO) and ITK's Scanco module (https://github.com/KitwareMedical/ITKIOScanco)
// read them.
package scanco

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"explant/io/array"
)

const (
	isqMagic = "CTDATA-HEADER_V1"
	aimMagic = "AIMDATA_V030"
)

// Is reports the first bytes of an ISQ or AIM file.
func Is(head []byte) bool {
	return strings.HasPrefix(string(head), isqMagic) || strings.HasPrefix(string(head), aimMagic) || is020(head)
}

// is020 reports an AIM file of version 020, which begins with the sizes of its parts.
func is020(b []byte) bool {
	return len(b) >= 24 && binary.LittleEndian.Uint32(b) == 20 && binary.LittleEndian.Uint32(b[4:]) == size020 && b[20] == 16
}

// Open reads the header of an ISQ or AIM file; no sample is decoded.
func Open(path string) (*array.Reader, error) {
	r, err := open(path)
	if err != nil {
		return nil, fmt.Errorf("read Scanco file %s: %w", filepath.Base(path), err)
	}
	return r, nil
}

func open(path string) (*array.Reader, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	head := make([]byte, 512)
	n, err := io.ReadFull(f, head)
	if err != nil && !errors.Is(err, io.ErrUnexpectedEOF) && !errors.Is(err, io.EOF) {
		return nil, err
	}
	switch head = head[:n]; {
	case bytes.HasPrefix(head, []byte(isqMagic)):
		return openISQ(path, head)
	case Is(head):
		return openAIM(path, head, f)
	}
	return nil, errors.New("it is neither ISQ nor AIM of version 020 or 030")
}

// scaling tells what the values mean.
func scaling(mu int64) []string {
	if mu <= 1 {
		return nil
	}
	return []string{fmt.Sprintf("values are as stored: %d of them are a linear attenuation of 1 per cm (mu_scaling)", mu)}
}
