// The parser of scripts: assignments, one after another.
#include <utility>

#include "expression_parser.h"

namespace pyforest::expression {

namespace {

// The operator of an augmented assignment, or kNone for a plain one.
bool is_assignment(const Token& token, Operator& op) {
  if (token.kind != TokenKind::kOperator) return false;
  switch (token.symbol) {
    case Symbol::kAssign:
      op = Operator::kNone;
      return true;
    case Symbol::kPlusAssign:
      op = Operator::kAdd;
      return true;
    case Symbol::kMinusAssign:
      op = Operator::kSubtract;
      return true;
    case Symbol::kStarAssign:
      op = Operator::kMultiply;
      return true;
    case Symbol::kSlashAssign:
      op = Operator::kDivide;
      return true;
    case Symbol::kDoubleSlashAssign:
      op = Operator::kFloorDivide;
      return true;
    case Symbol::kPercentAssign:
      op = Operator::kModulo;
      return true;
    case Symbol::kPowerAssign:
      op = Operator::kPower;
      return true;
    default:
      return false;
  }
}

}  // namespace

bool Parser::parse_script(std::vector<Statement>& out) {
  if (!check_text()) return false;
  advance();
  for (;;) {
    while (token_.kind == TokenKind::kNewLine) advance();
    if (token_.kind == TokenKind::kEnd) break;
    if (!statement(out)) return false;
  }
  if (!out.empty()) return true;
  fail(0, "the script is empty", "key = value");
  return false;
}

// A bare key or bb["key"].
bool Parser::target(std::string& out) {
  if (token_.kind != TokenKind::kName) {
    fail_statement();
    return false;
  }
  const Token token = token_;
  const std::string_view word = ast.text.substr(token.begin, token.end - token.begin);
  advance();
  if (word == "bb" && token_.is(Symbol::kLeftBracket)) {
    open_bracket();
    return key(out) && close_bracket(Symbol::kRightBracket);
  }
  if (word == "bb" || word.starts_with("bb.")) {
    fail(token.begin,
         "`bb` is the blackboard itself: a key of it is written bare or as "
         "bb[\"key\"]",
         word.size() > 3 ? std::string(word.substr(3)) : "bb[\"key\"]");
    return false;
  }
  out = word;
  return check_key(word, token.begin);
}

bool Parser::statement(std::vector<Statement>& out) {
  Statement made{{}, kNoNode, token_.begin};
  if (!target(made.name)) return false;
  const std::uint32_t target_end = end_;
  Operator op = Operator::kNone;
  if (!is_assignment(token_, op)) {
    fail_statement();
    return false;
  }
  advance();
  made.value = conditional();
  if (made.value == kNoNode) return false;
  if (token_.kind != TokenKind::kNewLine && token_.kind != TokenKind::kEnd) {
    Operator another = Operator::kNone;
    if (is_assignment(token_, another)) {
      fail(token_.begin, "one assignment sets one key; write another one on its own line");
    } else {
      fail_unexpected();
    }
    return false;
  }
  if (op != Operator::kNone) {
    Children children;
    const NodeIndex old = add(NodeKind::kName, made.begin);
    ast.nodes.back().end = target_end;
    ast.nodes.back().constant = Value::string(made.name);
    ast.nodes.back().detail = 1;
    append(children, old);
    ast.nodes[static_cast<std::size_t>(made.value)].link = op;
    append(children, made.value);
    const auto kind = op == Operator::kPower ? NodeKind::kPower : NodeKind::kArithmetic;
    made.value = add(kind, made.begin, children);
  }
  out.push_back(std::move(made));
  return true;
}

}  // namespace pyforest::expression
