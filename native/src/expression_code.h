// The bytecode of expressions: a stack machine. A jump's operand counts instructions from the one
// after it, so that code can be moved as a block.
#pragma once

#include <cstdint>

#include "pyforest/expression.h"

namespace pyforest::expression {

enum class Op : std::uint8_t {
  kConstant,         ///< push constants[operand]
  kInteger,          ///< push operand
  kSlot,             ///< push slots[operand], an error where it is missing
  kHas,              ///< push whether slots[operand] is there
  kSlotOr,           ///< replace the top by slots[operand] where that is there
  kCompare,          ///< detail: CompareOp; pops two
  kCompareConstant,  ///< detail: CompareOp; the top against constants[operand]
  kCompareSlot,      ///< detail: CompareOp; pushes slots[operand] against the int16 in count
  kChain,            ///< detail: Operator; of a, b: drop a where a op b, else leave False and jump
  kRelate,           ///< detail: Operator; in, not in, is, is not
  kJump,
  kJumpIfFalse,       ///< pops the condition
  kJumpIfFalseOrPop,  ///< and
  kJumpIfTrueOrPop,   ///< or
  kNot,
  kAdd,  // the seven arithmetic ones in the order of Operator
  kSubtract,
  kMultiply,
  kDivide,
  kFloorDivide,
  kModulo,
  kPower,
  kNegate,
  kPlus,
  kSubscript,  ///< detail: 1 where the container outlives the evaluation
  kSlice,
  kCall,  ///< detail: Function; count: arguments
  kList,  ///< count: items
  kDict,  ///< count: keys and values
  kReturn,
  kReturnRetained,  ///< the result may be a slot's: take a share in it
};

}  // namespace pyforest::expression
