#include "expression_parser.h"

#include <utility>

namespace pyforest::expression {

bool Parser::Nesting::too_deep() const {
  if (parser_.depth_ <= kMaxExpressionDepth) return false;
  parser_.fail(parser_.token_.begin, "the expression is nested deeper than " +
                                         std::to_string(kMaxExpressionDepth) + " levels");
  return true;
}

Parser::Parser(std::string_view text) : lexer_(text) {
  ast.text = text;
  ast.nodes.reserve(8);
}

bool Parser::check_text() {
  if (ast.text.size() <= kMaxExpressionText) return true;
  fail(0, "the text is longer than " + std::to_string(kMaxExpressionText >> 10U) + " KiB");
  return false;
}

void Parser::advance() {
  end_ = token_.end;
  token_ = lexer_.next();
}

bool Parser::take(Symbol symbol) {
  if (!token_.is(symbol)) return false;
  advance();
  return true;
}

// Line breaks are white space from the token after the bracket on.
void Parser::open_bracket() {
  ++lexer_.bracket_depth;
  advance();
}

bool Parser::close_bracket(Symbol symbol) {
  if (!token_.is(symbol)) {
    if (token_.kind == TokenKind::kEnd) {
      fail(token_.begin, "a bracket is not closed",
           symbol == Symbol::kRightParen     ? ")"
           : symbol == Symbol::kRightBracket ? "]"
                                             : "}");
    } else {
      fail_unexpected();
    }
    return false;
  }
  --lexer_.bracket_depth;
  advance();
  return true;
}

NodeIndex Parser::add(NodeKind kind, std::uint32_t begin, const Children& children) {
  Node& node = ast.nodes.emplace_back();
  node.kind = kind;
  node.begin = begin;
  node.end = end_;
  node.first = children.first;
  return static_cast<NodeIndex>(ast.nodes.size()) - 1;
}

NodeIndex Parser::add_constant(Value value, std::uint32_t begin) {
  const NodeIndex index = add(NodeKind::kConstant, begin);
  ast.nodes.back().constant = std::move(value);
  return index;
}

void Parser::append(Children& children, NodeIndex node) {
  if (children.first == kNoNode) {
    children.first = node;
  } else {
    ast.nodes[static_cast<std::size_t>(children.last)].next = node;
  }
  children.last = node;
  ++children.count;
}

NodeIndex Parser::parse_expression() {
  if (!check_text()) return kNoNode;
  advance();
  while (token_.kind == TokenKind::kNewLine && ast.text[token_.begin] != ';') advance();
  if (token_.kind == TokenKind::kEnd) return fail(0, "the expression is empty");
  const NodeIndex root = conditional();
  if (root == kNoNode) return kNoNode;
  const Token rest = token_;
  while (token_.kind == TokenKind::kNewLine && ast.text[token_.begin] != ';') advance();
  if (token_.kind == TokenKind::kEnd) return root;
  if (rest.kind == TokenKind::kNewLine && token_.kind != TokenKind::kNewLine) {
    return fail(rest.begin, "an expression ends with its line, unless it stands in parentheses",
                "(");
  }
  return fail_unexpected();
}

// value ['if' condition 'else' conditional]
NodeIndex Parser::conditional() {
  const Nesting nesting(*this);
  if (nesting.too_deep()) return kNoNode;
  const std::uint32_t begin = token_.begin;
  const NodeIndex value = operators(kOr);
  if (value == kNoNode || !token_.is(Keyword::kIf)) return value;
  advance();
  Children children;
  append(children, value);
  const NodeIndex condition = operators(kOr);
  if (condition == kNoNode) return kNoNode;
  append(children, condition);
  if (!token_.is(Keyword::kElse)) {
    return fail(token_.begin, "a conditional needs both values: `a if condition else b`", "else");
  }
  advance();
  const NodeIndex other = conditional();
  if (other == kNoNode) return kNoNode;
  append(children, other);
  return add(NodeKind::kConditional, begin, children);
}

Parser::Level Parser::level_of(const Token& token) {
  if (token.kind == TokenKind::kKeyword) {
    switch (token.keyword) {
      case Keyword::kOr:
        return kOr;
      case Keyword::kAnd:
        return kAnd;
      case Keyword::kIn:
      case Keyword::kIs:
      case Keyword::kNot:
        return kCompare;
      default:
        return kNothing;
    }
  }
  if (token.kind != TokenKind::kOperator) return kNothing;
  switch (token.symbol) {
    case Symbol::kPlus:
    case Symbol::kMinus:
      return kSum;
    case Symbol::kStar:
    case Symbol::kSlash:
    case Symbol::kDoubleSlash:
    case Symbol::kPercent:
      return kProduct;
    case Symbol::kLess:
    case Symbol::kLessEqual:
    case Symbol::kGreater:
    case Symbol::kGreaterEqual:
    case Symbol::kEqual:
    case Symbol::kNotEqual:
      return kCompare;
    default:
      return kNothing;
  }
}

// Operators that bind at least as tightly as `loosest`.
NodeIndex Parser::operators(Level loosest) {
  const std::uint32_t begin = token_.begin;
  NodeIndex left = prefix(loosest);
  while (left != kNoNode) {
    const Level level = level_of(token_);
    if (level < loosest || level == kNothing) return left;
    left = chain(level, left, begin);
  }
  return kNoNode;
}

// Everything that operators of one level join: one node, however long, so that a long sum is not
// a deep one.
NodeIndex Parser::chain(Level level, NodeIndex left, std::uint32_t begin) {
  Children children;
  append(children, left);
  Operator op = Operator::kNone;
  while (level_of(token_) == level) {
    if (!take_operator(op)) return kNoNode;
    const NodeIndex operand =
        level == kCompare ? compare_operand(op) : operators(static_cast<Level>(level + 1));
    if (operand == kNoNode) return kNoNode;
    ast.nodes[static_cast<std::size_t>(operand)].link = op;
    append(children, operand);
  }
  switch (level) {
    case kOr:
      return add(NodeKind::kOr, begin, children);
    case kAnd:
      return add(NodeKind::kAnd, begin, children);
    case kCompare:
      return add(NodeKind::kCompare, begin, children);
    default:
      return add(NodeKind::kArithmetic, begin, children);
  }
}

bool Parser::take_operator(Operator& op) {
  const Token token = token_;
  advance();
  if (token.kind == TokenKind::kOperator) {
    // Symbols and operators are in the same order.
    static_assert(static_cast<int>(Symbol::kNotEqual) - static_cast<int>(Symbol::kPlus) ==
                  static_cast<int>(Operator::kNotEqual) - static_cast<int>(Operator::kAdd));
    op = static_cast<Operator>(static_cast<int>(token.symbol) - static_cast<int>(Symbol::kPlus) +
                               static_cast<int>(Operator::kAdd));
    return true;
  }
  switch (token.keyword) {
    case Keyword::kIn:
      op = Operator::kIn;
      return true;
    case Keyword::kNot:
      op = Operator::kNotIn;
      if (token_.is(Keyword::kIn)) {
        advance();
        return true;
      }
      fail(token.begin, "`not` between two values must be `not in`", "not in");
      return false;
    case Keyword::kIs:
      op = Operator::kIs;
      if (token_.is(Keyword::kNot)) {
        op = Operator::kIsNot;
        advance();
      }
      if (token_.is(Keyword::kNone)) return true;
      fail(token.begin, "`is` compares with None only", op == Operator::kIs ? "==" : "!=");
      return false;
    default:
      return true;  // and, or: the chain's kind says it
  }
}

// What stands on the right of a comparison: after `in` that may be a tuple.
NodeIndex Parser::compare_operand(Operator op) {
  if (op != Operator::kIn && op != Operator::kNotIn) return operators(kSum);
  const std::uint32_t begin = token_.begin;
  tuple_at_ = begin;
  const NodeIndex operand = operators(kSum);
  tuple_at_ = -1;
  return operand;
}

}  // namespace pyforest::expression
