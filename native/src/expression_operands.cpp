// The parser's lower half: what stands between the operators.
#include <algorithm>
#include <utility>

#include "expression_parser.h"
#include "expression_text.h"

namespace pyforest::expression {

namespace {

constexpr std::size_t kMaxKey = 256;
constexpr std::uint64_t kLeastMagnitude = std::uint64_t{1} << 63U;  // of the least 64-bit integer

}  // namespace

bool is_key(std::string_view key) {
  const auto letter = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
  };
  if (key.empty() || !letter(key.front())) return false;
  return std::all_of(key.begin(), key.end(), [&](char c) {
    return letter(c) || (c >= '0' && c <= '9') || c == '.' || c == '-';
  });
}

NodeIndex Parser::prefix(Level loosest) {
  if (!token_.is(Keyword::kNot)) return unary();
  const std::uint32_t begin = token_.begin;
  if (loosest > kNot) {
    return fail(begin, "`not` binds loosely: here it needs parentheses, `(not x)`", "(");
  }
  const Nesting nesting(*this);
  if (nesting.too_deep()) return kNoNode;
  advance();
  Children children;
  const NodeIndex operand = operators(kNot);
  if (operand == kNoNode) return kNoNode;
  append(children, operand);
  return add(NodeKind::kNot, begin, children);
}

NodeIndex Parser::unary() {
  const bool minus = token_.is(Symbol::kMinus);
  if (!minus && !token_.is(Symbol::kPlus)) return power();
  const std::uint32_t begin = token_.begin;
  const Nesting nesting(*this);
  if (nesting.too_deep()) return kNoNode;
  advance();
  if (minus && token_.kind == TokenKind::kInteger && token_.integer == kLeastMagnitude) {
    advance();
    if (token_.is(Symbol::kPower)) return fail(begin, "this number needs more than 64 bits");
    return add_constant(Value::integer(INT64_MIN), begin);
  }
  const NodeIndex operand = unary();
  if (operand == kNoNode) return kNoNode;
  Node& node = ast.nodes[static_cast<std::size_t>(operand)];
  if (minus && node.kind == NodeKind::kConstant) {
    // A negative literal is one constant.
    const Value& value = node.constant;
    if (value.is_float() || (value.is_int() && value.as_int() != INT64_MIN)) {
      node.constant =
          value.is_float() ? Value::number(-value.as_float()) : Value::integer(-value.as_int());
      node.begin = begin;
      node.end = end_;
      return operand;
    }
  }
  Children children;
  append(children, operand);
  return add(minus ? NodeKind::kNegate : NodeKind::kPlus, begin, children);
}

// `**` binds tighter than a sign on its left, looser than one on its right.
NodeIndex Parser::power() {
  const std::uint32_t begin = token_.begin;
  const NodeIndex base = postfix();
  if (base == kNoNode || !token_.is(Symbol::kPower)) return base;
  const Nesting nesting(*this);
  if (nesting.too_deep()) return kNoNode;
  advance();
  Children children;
  append(children, base);
  const NodeIndex exponent = unary();
  if (exponent == kNoNode) return kNoNode;
  append(children, exponent);
  return add(NodeKind::kPower, begin, children);
}

NodeIndex Parser::postfix() {
  const std::uint32_t begin = token_.begin;
  NodeIndex node = primary();
  const int depth = depth_;
  while (node != kNoNode && token_.is(Symbol::kLeftBracket)) {
    ++depth_;
    node = subscript(node, begin);
  }
  depth_ = depth;
  if (node == kNoNode) return kNoNode;
  if (token_.is(Symbol::kLeftParen)) {
    return fail(token_.begin, "only functions can be called, by their names");
  }
  if (token_.is(Symbol::kDot)) {
    return fail(token_.begin, "attributes and methods are not part of the language");
  }
  return node;
}

NodeIndex Parser::slice_bound(Symbol stop) {
  if (token_.is(stop) || token_.is(Symbol::kRightBracket)) {
    return add_constant(Value::null(), token_.begin);
  }
  return conditional();
}

NodeIndex Parser::subscript(NodeIndex container, std::uint32_t begin) {
  open_bracket();
  Children children;
  append(children, container);
  if (token_.is(Symbol::kRightBracket)) {
    return fail(token_.begin, "the index is missing between the brackets");
  }
  const NodeIndex first = slice_bound(Symbol::kColon);
  if (first == kNoNode) return kNoNode;
  append(children, first);
  NodeKind kind = NodeKind::kSubscript;
  if (take(Symbol::kColon)) {
    kind = NodeKind::kSlice;
    const NodeIndex last = slice_bound(Symbol::kColon);
    if (last == kNoNode) return kNoNode;
    append(children, last);
    if (token_.is(Symbol::kColon)) {
      return fail(token_.begin, "a slice takes a beginning and an end, but no step");
    }
  }
  if (!close_bracket(Symbol::kRightBracket)) return kNoNode;
  return add(kind, begin, children);
}

NodeIndex Parser::primary() {
  switch (token_.kind) {
    case TokenKind::kName:
      return name();
    case TokenKind::kString:
      return strings();
    case TokenKind::kInteger:
    case TokenKind::kFloat:
    case TokenKind::kKeyword:
      return literal();
    case TokenKind::kOperator:
      if (token_.symbol == Symbol::kLeftParen) return parenthesised();
      if (token_.symbol == Symbol::kLeftBracket) return list();
      if (token_.symbol == Symbol::kLeftBrace) return dict();
      return fail_unexpected();
    default:
      return fail_unexpected();
  }
}

NodeIndex Parser::literal() {
  const Token token = token_;
  Value value;
  if (token.kind == TokenKind::kInteger) {
    if (token.integer == kLeastMagnitude) {
      return fail(token.begin, "this number needs more than 64 bits");
    }
    value = Value::integer(static_cast<std::int64_t>(token.integer));
  } else if (token.kind == TokenKind::kFloat) {
    value = Value::number(token.number);
  } else if (token.keyword == Keyword::kNone) {
    value = Value::null();
  } else if (token.keyword == Keyword::kTrue || token.keyword == Keyword::kFalse) {
    value = Value::boolean(token.keyword == Keyword::kTrue);
  } else {
    return fail_unexpected();
  }
  advance();
  return add_constant(std::move(value), token.begin);
}

// Strings that stand side by side are one.
NodeIndex Parser::strings() {
  const std::uint32_t begin = token_.begin;
  std::string content;
  while (token_.kind == TokenKind::kString) {
    const std::string_view quoted = ast.text.substr(token_.begin, token_.end - token_.begin);
    if (!unescape(quoted, token_.begin, content, lexer_.error)) {
      return fail(lexer_.error.offset, lexer_.error.message, lexer_.error.suggestion);
    }
    advance();
  }
  return add_constant(Value::string(content), begin);
}

NodeIndex Parser::name() {
  const Token token = token_;
  advance();
  const std::string_view word = ast.text.substr(token.begin, token.end - token.begin);
  if (token_.is(Symbol::kLeftParen)) {
    if (word == "has") return presence(token.begin);
    if (word == "bb.get") return board_get(token.begin);
    return call(token);
  }
  if (word.starts_with("bb") && (word.size() == 2 || word[2] == '.')) {
    if (word.size() == 2 && token_.is(Symbol::kLeftBracket)) return board_item(token.begin);
    return fail(token.begin,
                "`bb` is the blackboard itself: a key of it is written bare or as "
                "bb[\"key\"]",
                word.size() > 3 ? std::string(word.substr(3)) : "bb[\"key\"]");
  }
  if (word.find(".__") != std::string_view::npos) {
    return fail(token.begin, "attributes are not part of the language");
  }
  if (!check_key(word, token.begin)) return kNoNode;
  return add(NodeKind::kName, token.begin);
}

bool Parser::check_key(std::string_view key, std::size_t offset) {
  if (key.size() > kMaxKey) {
    fail(offset, "a key has at most " + std::to_string(kMaxKey) + " characters");
    return false;
  }
  if (is_key(key)) return true;
  fail(offset,
       "a key begins with a letter or `_` and goes on with letters, digits, `_`, `.` or "
       "`-`");
  return false;
}

// A key in quotes. What an expression reads must be known before it runs, hence only literals.
bool Parser::key(std::string& out) {
  const Token token = token_;
  if (token.kind != TokenKind::kString) {
    if (token.kind == TokenKind::kError) {
      fail_unexpected();
    } else {
      fail(token.begin, "the key must stand here in quotes", "\"key\"");
    }
    return false;
  }
  const std::string_view quoted = ast.text.substr(token.begin, token.end - token.begin);
  if (!unescape(quoted, token.begin, out, lexer_.error)) {
    fail(lexer_.error.offset, lexer_.error.message, lexer_.error.suggestion);
    return false;
  }
  advance();
  return check_key(out, token.begin);
}

// bb["key"]
NodeIndex Parser::board_item(std::uint32_t begin) {
  open_bracket();
  std::string content;
  if (!key(content) || !close_bracket(Symbol::kRightBracket)) return kNoNode;
  const NodeIndex node = add(NodeKind::kName, begin);
  ast.nodes.back().constant = Value::string(content);
  ast.nodes.back().detail = 1;
  return node;
}

// has("key")
NodeIndex Parser::presence(std::uint32_t begin) {
  open_bracket();
  std::string content;
  if (!key(content) || !close_bracket(Symbol::kRightParen)) return kNoNode;
  const NodeIndex node = add(NodeKind::kHas, begin);
  ast.nodes.back().constant = Value::string(content);
  return node;
}

// bb.get("key") or bb.get("key", default)
NodeIndex Parser::board_get(std::uint32_t begin) {
  open_bracket();
  std::string content;
  if (!key(content)) return kNoNode;
  NodeIndex otherwise = kNoNode;
  if (take(Symbol::kComma) && !token_.is(Symbol::kRightParen)) {
    otherwise = conditional();
    if (otherwise == kNoNode) return kNoNode;
    take(Symbol::kComma);
  } else {
    otherwise = add_constant(Value::null(), begin);
  }
  if (!close_bracket(Symbol::kRightParen)) return kNoNode;
  Children children;
  append(children, otherwise);
  const NodeIndex node = add(NodeKind::kGet, begin, children);
  ast.nodes.back().constant = Value::string(content);
  return node;
}

// Items between commas up to the closing bracket; one comma may follow the last.
bool Parser::items(Symbol close, Children& children) {
  while (!token_.is(close)) {
    const NodeIndex item = conditional();
    if (item == kNoNode) return false;
    append(children, item);
    if (close == Symbol::kRightParen && token_.is(Symbol::kAssign)) {
      fail(token_.begin, "arguments are given by their place, not by name");
      return false;
    }
    if (!take(Symbol::kComma)) break;
  }
  return close_bracket(close);
}

NodeIndex Parser::call(const Token& name) {
  const std::string_view word = ast.text.substr(name.begin, name.end - name.begin);
  const FunctionInfo* function = find_function(word);
  if (function == nullptr) return fail_call(name);
  open_bracket();
  Children children;
  if (!items(Symbol::kRightParen, children)) return kNoNode;
  if (children.count < function->least || children.count > function->most) {
    std::string range = std::to_string(function->least);
    if (function->most == 0xFFFF) {
      range = "at least " + range;
    } else if (function->most > function->least) {
      range += " or " + std::to_string(function->most);
    }
    return fail(name.begin, quote(word) + " takes " + range +
                                (range == "1" || range == "at least 1" ? " argument, not "
                                                                       : " arguments, not ") +
                                std::to_string(children.count));
  }
  const NodeIndex node = add(NodeKind::kCall, name.begin, children);
  ast.nodes.back().detail = static_cast<std::uint8_t>(function->id);
  return node;
}

NodeIndex Parser::parenthesised() {
  const std::uint32_t begin = token_.begin;
  const bool may_be_tuple = tuple_at_ == static_cast<std::int64_t>(begin);
  tuple_at_ = -1;
  open_bracket();
  Children children;
  if (token_.is(Symbol::kRightParen)) {
    if (!may_be_tuple) return fail(begin, "a value is missing between the parentheses");
  } else {
    const NodeIndex inner = conditional();
    if (inner == kNoNode) return kNoNode;
    if (!token_.is(Symbol::kComma)) {
      return close_bracket(Symbol::kRightParen) ? inner : kNoNode;
    }
    if (!may_be_tuple) {
      return fail(begin, "a tuple may stand only after `in`; a list is written in brackets", "[");
    }
    append(children, inner);
    advance();
  }
  if (!items(Symbol::kRightParen, children)) return kNoNode;
  const Level next = level_of(token_);
  if (token_.is(Symbol::kLeftBracket) || token_.is(Symbol::kPower) || next >= kSum) {
    return fail(token_.begin, "a tuple may stand only by itself after `in`", "[");
  }
  return add(NodeKind::kList, begin, children);
}

NodeIndex Parser::list() {
  const std::uint32_t begin = token_.begin;
  open_bracket();
  Children children;
  if (!items(Symbol::kRightBracket, children)) return kNoNode;
  return add(NodeKind::kList, begin, children);
}

NodeIndex Parser::dict() {
  const std::uint32_t begin = token_.begin;
  open_bracket();
  Children children;
  while (!token_.is(Symbol::kRightBrace)) {
    const NodeIndex item = conditional();
    if (item == kNoNode) return kNoNode;
    append(children, item);
    if (!token_.is(Symbol::kColon)) {
      if (token_.is(Symbol::kComma) || token_.is(Symbol::kRightBrace)) {
        return fail(begin, "a set is not part of the language; a list is written in brackets", "[");
      }
      return fail_unexpected();
    }
    advance();
    const NodeIndex value = conditional();
    if (value == kNoNode) return kNoNode;
    append(children, value);
    if (!take(Symbol::kComma)) break;
  }
  if (!close_bracket(Symbol::kRightBrace)) return kNoNode;
  return add(NodeKind::kDict, begin, children);
}

}  // namespace pyforest::expression
