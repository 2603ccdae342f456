#include "expression_compiler.h"

#include <algorithm>
#include <limits>
#include <unordered_set>
#include <utility>

#include "expression_parser.h"
#include "expression_text.h"

namespace pyforest {

namespace expression {

namespace {

CompareOp flipped(CompareOp op) {
  switch (op) {
    case CompareOp::kLess:
      return CompareOp::kGreater;
    case CompareOp::kLessEqual:
      return CompareOp::kGreaterEqual;
    case CompareOp::kGreater:
      return CompareOp::kLess;
    case CompareOp::kGreaterEqual:
      return CompareOp::kLessEqual;
    default:
      return op;
  }
}

bool is_constant(const Node& n) { return n.kind == NodeKind::kConstant; }

Op arithmetic_op(Operator link) {
  return static_cast<Op>(static_cast<int>(link) - static_cast<int>(Operator::kAdd) +
                         static_cast<int>(Op::kAdd));
}

template <class To>
bool fits(std::int64_t i) {
  return i >= std::numeric_limits<To>::min() && i <= std::numeric_limits<To>::max();
}

}  // namespace

std::optional<ExpressionError> Compiler::compile(NodeIndex root, Expression& out) {
  out = Expression{};
  const Node& n = node(root);
  collect_reads(root, out.reads);
  if (take_shape(n, out)) return std::nullopt;
  const std::size_t instructions = code_.instructions.size();
  const std::size_t constants = code_.constants.size();
  depth_ = deepest_ = 0;
  out.entry = static_cast<std::uint32_t>(instructions);
  emit(root);
  put(n.of_slot ? Op::kReturnRetained : Op::kReturn);
  if (deepest_ > kMaxExpressionStack) {
    code_.instructions.resize(instructions);
    code_.constants.resize(constants);
    return ExpressionError{n.begin,
                           "the expression holds more than " + std::to_string(kMaxExpressionStack) +
                               " values at once: a list or call has too many computed ones",
                           {}};
  }
  out.max_stack = static_cast<std::uint16_t>(deepest_);
  return std::nullopt;
}

// The shapes that need no bytecode.
bool Compiler::take_shape(const Node& n, Expression& out) {
  if (is_constant(n)) {
    out.is_constant = true;
    out.constant = n.constant;
    return true;
  }
  if (n.kind == NodeKind::kName) {
    out.is_slot = true;
    out.slot = n.slot;
    return true;
  }
  if (n.kind != NodeKind::kCompare) return false;
  const Node& left = node(n.first);
  const Node& right = node(left.next);
  if (right.next != kNoNode || !is_ordinary_compare(right.link)) return false;
  const bool flip = is_constant(left);
  const Node& name = flip ? right : left;
  const Node& constant = flip ? left : right;
  if (name.kind != NodeKind::kName || !is_constant(constant)) return false;
  out.is_compare = true;
  out.slot = name.slot;
  out.compare_op = flip ? flipped(to_compare_op(right.link)) : to_compare_op(right.link);
  out.compare_constant = constant.constant;
  return true;
}

void Compiler::collect_reads(NodeIndex root, std::vector<std::int32_t>& out) {
  pending_.assign(1, root);
  while (!pending_.empty()) {
    const Node& n = node(pending_.back());
    pending_.pop_back();
    if (n.slot >= 0) out.push_back(n.slot);
    for (NodeIndex child = n.first; child != kNoNode; child = node(child).next) {
      pending_.push_back(child);
    }
  }
  if (out.size() > 1) {
    std::sort(out.begin(), out.end());
    out.erase(std::unique(out.begin(), out.end()), out.end());
  }
}

std::size_t Compiler::put(Op op, std::uint8_t detail, std::uint16_t count, std::int32_t operand) {
  code_.instructions.push_back({static_cast<std::uint8_t>(op), detail, count, operand});
  return code_.instructions.size() - 1;
}

// Makes a jump go to the next instruction that is put.
void Compiler::land(std::size_t jump) {
  code_.instructions[jump].operand =
      static_cast<std::int32_t>(code_.instructions.size() - jump - 1);
}

void Compiler::grow(int values) {
  depth_ += values;
  deepest_ = std::max(deepest_, depth_);
}

void Compiler::emit_constant(const Value& value) {
  grow(1);
  if (value.is_int() && fits<std::int32_t>(value.as_int())) {
    put(Op::kInteger, 0, 0, static_cast<std::int32_t>(value.as_int()));
    return;
  }
  code_.constants.push_back(value);
  put(Op::kConstant, 0, 0, static_cast<std::int32_t>(code_.constants.size() - 1));
}

void Compiler::emit_children(const Node& n) {
  for (NodeIndex child = n.first; child != kNoNode; child = node(child).next) emit(child);
}

void Compiler::emit(NodeIndex index) {
  const Node& n = node(index);
  const int before = depth_;
  const auto leave_one = [this, before] { depth_ = before + 1; };
  switch (n.kind) {
    case NodeKind::kConstant:
      emit_constant(n.constant);
      return;
    case NodeKind::kName:
    case NodeKind::kHas:
      grow(1);
      put(n.kind == NodeKind::kName ? Op::kSlot : Op::kHas, 0, 0, n.slot);
      return;
    case NodeKind::kGet:
      emit_children(n);
      put(Op::kSlotOr, 0, 0, n.slot);
      return;
    case NodeKind::kArithmetic:
      emit_chain(n);
      return;
    case NodeKind::kCompare:
      emit_compare(n);
      return;
    case NodeKind::kAnd:
    case NodeKind::kOr:
      emit_logic(n);
      return;
    case NodeKind::kConditional:
      emit_conditional(n);
      return;
    default:
      break;
  }
  emit_children(n);
  const auto count = static_cast<std::uint16_t>(depth_ - before);
  leave_one();
  deepest_ = std::max(deepest_, depth_);
  switch (n.kind) {
    case NodeKind::kPower:
      put(Op::kPower);
      return;
    case NodeKind::kNegate:
      put(Op::kNegate);
      return;
    case NodeKind::kPlus:
      put(Op::kPlus);
      return;
    case NodeKind::kNot:
      put(Op::kNot);
      return;
    case NodeKind::kSubscript:
      put(Op::kSubscript, node(n.first).lasting ? 1 : 0);
      return;
    case NodeKind::kSlice:
      put(Op::kSlice);
      return;
    case NodeKind::kCall:
      put(Op::kCall, n.detail, count);
      return;
    case NodeKind::kList:
      put(Op::kList, 0, count);
      return;
    default:
      put(Op::kDict, 0, count);
      return;
  }
}

void Compiler::emit_chain(const Node& n) {
  emit(n.first);
  for (NodeIndex child = node(n.first).next; child != kNoNode; child = node(child).next) {
    emit(child);
    put(arithmetic_op(node(child).link));
    --depth_;
  }
}

void Compiler::emit_link(Operator link) {
  if (is_ordinary_compare(link)) {
    put(Op::kCompare, static_cast<std::uint8_t>(to_compare_op(link)));
  } else {
    put(Op::kRelate, static_cast<std::uint8_t>(link));
  }
  --depth_;
}

// a < b < c: each middle value is computed once, and nothing after the first False.
void Compiler::emit_compare(const Node& n) {
  const Node& left = node(n.first);
  const Node& right = node(left.next);
  if (right.next == kNoNode && is_ordinary_compare(right.link) &&
      (is_constant(left) || is_constant(right))) {
    const bool flip = !is_constant(right);
    const Node& value = flip ? right : left;
    const Value& constant = flip ? left.constant : right.constant;
    const CompareOp op = to_compare_op(right.link);
    const auto detail = static_cast<std::uint8_t>(flip ? flipped(op) : op);
    if (value.kind == NodeKind::kName && constant.is_int() &&
        fits<std::int16_t>(constant.as_int())) {
      grow(1);
      put(Op::kCompareSlot, detail,
          static_cast<std::uint16_t>(static_cast<std::int16_t>(constant.as_int())), value.slot);
      return;
    }
    emit(flip ? left.next : n.first);
    code_.constants.push_back(constant);
    put(Op::kCompareConstant, detail, 0, static_cast<std::int32_t>(code_.constants.size() - 1));
    return;
  }
  emit(n.first);
  std::vector<std::size_t> jumps;
  for (NodeIndex child = left.next; child != kNoNode; child = node(child).next) {
    emit(child);
    if (node(child).next == kNoNode) {
      emit_link(node(child).link);
    } else {
      jumps.push_back(put(Op::kChain, static_cast<std::uint8_t>(node(child).link)));
      --depth_;
    }
  }
  for (const std::size_t jump : jumps) land(jump);
}

void Compiler::emit_logic(const Node& n) {
  const Op op = n.kind == NodeKind::kAnd ? Op::kJumpIfFalseOrPop : Op::kJumpIfTrueOrPop;
  std::vector<std::size_t> jumps;
  for (NodeIndex child = n.first; child != kNoNode; child = node(child).next) {
    emit(child);
    if (node(child).next == kNoNode) break;
    jumps.push_back(put(op));
    --depth_;
  }
  for (const std::size_t jump : jumps) land(jump);
}

void Compiler::emit_conditional(const Node& n) {
  const NodeIndex value = n.first;
  const NodeIndex condition = node(value).next;
  emit(condition);
  const std::size_t otherwise = put(Op::kJumpIfFalse);
  --depth_;
  emit(value);
  const std::size_t done = put(Op::kJump);
  --depth_;
  land(otherwise);
  emit(node(condition).next);
  land(done);
}

}  // namespace expression

using expression::Compiler;
using expression::kNoNode;
using expression::Node;
using expression::NodeIndex;
using expression::NodeKind;
using expression::Parser;
using expression::quote;

std::optional<ExpressionError> compile_expression(std::string_view text, NameResolver& resolver,
                                                  Code& code, Expression& out) {
  Parser parser(text);
  const NodeIndex root = parser.parse_expression();
  if (root == kNoNode) return std::move(parser.error);
  Compiler compiler(parser.ast, resolver, code);
  compiler.prepare();
  return compiler.compile(root, out);
}

std::optional<ExpressionError> compile_script(std::string_view text, NameResolver& resolver,
                                              Code& code, std::vector<Assignment>& out) {
  out.clear();
  Parser parser(text);
  std::vector<expression::Statement> statements;
  if (!parser.parse_script(statements)) return std::move(parser.error);
  const std::size_t instructions = code.instructions.size();
  const std::size_t constants = code.constants.size();
  Compiler compiler(parser.ast, resolver, code);
  compiler.prepare();
  std::optional<ExpressionError> error;
  for (auto& statement : statements) {
    if (resolver.constant_of(statement.name) != nullptr) {
      error = ExpressionError{
          statement.begin, quote(statement.name) + " is wired to a constant and cannot be set", {}};
      break;
    }
    Assignment& made = out.emplace_back();
    made.slot = resolver.slot_of(statement.name);
    error = compiler.compile(statement.value, made.value);
    if (error) break;
    made.name = std::move(statement.name);
  }
  if (error) {
    out.clear();
    code.instructions.resize(instructions);
    code.constants.resize(constants);
  }
  return error;
}

namespace {

bool worth_showing(NodeKind kind) {
  switch (kind) {
    case NodeKind::kName:
    case NodeKind::kHas:
    case NodeKind::kGet:
    case NodeKind::kCompare:
    case NodeKind::kSubscript:
    case NodeKind::kSlice:
    case NodeKind::kCall:
      return true;
    default:
      return false;
  }
}

}  // namespace

std::optional<ExpressionError> compile_expression_parts(std::string_view text,
                                                        NameResolver& resolver, Code& code,
                                                        std::vector<ExpressionPart>& out) {
  constexpr std::size_t kMaxParts = 200;
  out.clear();
  Parser parser(text);
  const NodeIndex root = parser.parse_expression();
  if (root == kNoNode) return std::move(parser.error);
  const auto text_of = [&](const Node& n) { return text.substr(n.begin, n.end - n.begin); };
  const Node& whole = parser.ast.nodes[static_cast<std::size_t>(root)];
  std::unordered_set<std::string_view> seen{text_of(whole)};
  std::vector<NodeIndex> chosen;
  for (const Node& n : parser.ast.nodes) {
    if (chosen.size() + 1 < kMaxParts && worth_showing(n.kind) && seen.insert(text_of(n)).second) {
      chosen.push_back(static_cast<NodeIndex>(&n - parser.ast.nodes.data()));
    }
  }
  chosen.push_back(root);
  Compiler compiler(parser.ast, resolver, code);
  compiler.prepare();
  for (const NodeIndex index : chosen) {
    const Node& n = parser.ast.nodes[static_cast<std::size_t>(index)];
    ExpressionPart part{n.begin, n.end, {}};
    // What is too large by itself is no part; the whole may still be evaluated.
    if (auto error = compiler.compile(index, part.value)) return error;
    out.push_back(std::move(part));
  }
  return std::nullopt;
}

}  // namespace pyforest
