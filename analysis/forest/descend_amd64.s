#include "textflag.h"

// NEXT follows a node: its number becomes that of the node below for the bin of the lane.
#define NEXT(node, lane) \
	MOVBLZX node, DX \
	MOVBLZX lane(BX)(DX*8), DX \
	SHRL    $8, node \
	ADDL    DX, node \
	SHRL    $8, node

#define STEP(node, lane) \
	MOVL (SI)(node*4), node \
	NEXT(node, lane)

// LOOK is STEP that keeps what tells splits from leaves.
#define LOOK(node, lane) \
	MOVL (SI)(node*4), node \
	ORL  node, CX \
	NEXT(node, lane)

#define STEPS \
	STEP(AX, 0) \
	STEP(R8, 1) \
	STEP(R9, 2) \
	STEP(R10, 3) \
	STEP(R11, 4) \
	STEP(R12, 5) \
	STEP(R13, 6) \
	STEP(R14, 7)

// func descend8(at, nodes *uint32, bins *uint8, stride, groups int)
TEXT ·descend8(SB), NOSPLIT, $0-40
	MOVQ at+0(FP), DI
	MOVQ nodes+8(FP), SI
	MOVQ bins+16(FP), BX

group:
	XORL AX, AX
	XORL R8, R8
	XORL R9, R9
	XORL R10, R10
	XORL R11, R11
	XORL R12, R12
	XORL R13, R13
	XORL R14, R14

down:
	STEPS
	STEPS
	STEPS
	XORL CX, CX
	LOOK(AX, 0)
	LOOK(R8, 1)
	LOOK(R9, 2)
	LOOK(R10, 3)
	LOOK(R11, 4)
	LOOK(R12, 5)
	LOOK(R13, 6)
	LOOK(R14, 7)
	TESTL $0xffff, CX
	JNE  down

	MOVL AX, 0(DI)
	MOVL R8, 4(DI)
	MOVL R9, 8(DI)
	MOVL R10, 12(DI)
	MOVL R11, 16(DI)
	MOVL R12, 20(DI)
	MOVL R13, 24(DI)
	MOVL R14, 28(DI)
	ADDQ $32, DI
	ADDQ stride+24(FP), BX
	DECQ groups+32(FP)
	JNE  group
	RET
