// The parser's answers to what is no expression: a sentence, and where there is one, what to write
// instead.
#include <algorithm>
#include <utility>

#include "expression_parser.h"
#include "expression_text.h"

namespace pyforest::expression {

namespace {

constexpr FunctionInfo kFunctions[] = {
    {"abs", Function::kAbs, 1, 1},       {"all", Function::kAll, 1, 1},
    {"any", Function::kAny, 1, 1},       {"bool", Function::kBool, 1, 1},
    {"float", Function::kFloat, 1, 1},   {"int", Function::kInt, 1, 1},
    {"len", Function::kLen, 1, 1},       {"max", Function::kMax, 1, 0xFFFF},
    {"min", Function::kMin, 1, 0xFFFF},  {"round", Function::kRound, 1, 2},
    {"sorted", Function::kSorted, 1, 1}, {"str", Function::kStr, 1, 1},
    {"sum", Function::kSum, 1, 2},
};

// Edit distance with a transposition as one edit, as typing errors go.
std::size_t distance(std::string_view a, std::string_view b) {
  std::vector<std::size_t> before(b.size() + 1);
  std::vector<std::size_t> above(b.size() + 1);
  std::vector<std::size_t> row(b.size() + 1);
  for (std::size_t j = 0; j <= b.size(); ++j) above[j] = j;
  for (std::size_t i = 1; i <= a.size(); ++i) {
    row[0] = i;
    for (std::size_t j = 1; j <= b.size(); ++j) {
      const std::size_t change = above[j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1);
      row[j] = std::min({change, above[j] + 1, row[j - 1] + 1});
      if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1]) {
        row[j] = std::min(row[j], before[j - 2] + 1);
      }
    }
    std::swap(before, above);
    std::swap(above, row);
  }
  return above[b.size()];
}

// What other languages, and habit, call the functions that exist here.
constexpr std::pair<std::string_view, std::string_view> kOtherNames[] = {
    {"length", "len"},       {"size", "len"},     {"count", "len"},   {"exists", "has"},
    {"defined", "has"},      {"number", "float"}, {"string", "str"},  {"Math.abs", "abs"},
    {"Math.max", "max"},     {"Math.min", "min"}, {"fabs", "abs"},    {"math.fabs", "abs"},
    {"Math.round", "round"}, {"bb.has", "has"},   {"integer", "int"}, {"boolean", "bool"},
    {"has", "has"},          {"get", "bb.get"},   {"maximum", "max"}, {"minimum", "min"},
};

std::string closest_function(std::string_view word) {
  constexpr std::size_t kLongest = 12;
  if (word.size() > kLongest) return {};
  const auto small = [](std::string_view text) {
    std::string out(text);
    for (char& c : out) c = static_cast<char>(c >= 'A' && c <= 'Z' ? c + 32 : c);
    return out;
  };
  const std::string wanted = small(word);
  std::string_view best;
  std::size_t least = kLongest;
  const auto consider = [&](std::string_view name, std::string_view ours) {
    const std::size_t d = distance(wanted, small(name));
    if (d < least) {
      least = d;
      best = ours;
    }
  };
  for (const FunctionInfo& function : kFunctions) consider(function.name, function.name);
  for (const auto& [name, ours] : kOtherNames) consider(name, ours);
  const bool close =
      least == 0 || (least == 1 && word.size() > 2) || (least == 2 && word.size() > 5);
  return close ? std::string(best) : std::string();
}

}  // namespace

const FunctionInfo* find_function(std::string_view name) noexcept {
  for (const FunctionInfo& function : kFunctions) {
    if (name == function.name) return &function;
  }
  return nullptr;
}

const char* function_name(Function id) noexcept {
  return kFunctions[static_cast<std::size_t>(id)].name;
}

NodeIndex Parser::fail(std::size_t offset, std::string message, std::string suggestion) {
  // The first error is the cause, what follows from it is noise.
  if (error.message.empty()) error = {offset, std::move(message), std::move(suggestion)};
  return kNoNode;
}

NodeIndex Parser::fail_unexpected() {
  const Token& token = token_;
  const std::string word = quote(ast.text.substr(token.begin, token.end - token.begin));
  switch (token.kind) {
    case TokenKind::kError:
      return fail(lexer_.error.offset, lexer_.error.message, lexer_.error.suggestion);
    case TokenKind::kEnd:
      return fail(token.begin, "the text ends where a value is expected");
    case TokenKind::kNewLine:
      if (ast.text[token.begin] == ';') return fail(token.begin, "`;` is not expected here");
      return fail(token.begin, "the line ends where a value is expected");
    case TokenKind::kKeyword:
      if (token.keyword == Keyword::kReserved) return fail_reserved(token);
      return fail(token.begin, word + " is not expected here");
    case TokenKind::kOperator:
      return fail_operator(token);
    case TokenKind::kName: {
      std::string lower(word, 1, word.size() - 2);
      for (char& c : lower) c = static_cast<char>(c >= 'A' && c <= 'Z' ? c + 32 : c);
      if (lower == "and" || lower == "or" || lower == "not" || lower == "in" || lower == "is" ||
          lower == "if" || lower == "else") {
        return fail(token.begin, word + " is written in small letters", lower);
      }
      return fail(token.begin, word + " is not expected here: an operator is missing before it");
    }
    default:
      return fail(token.begin, word + " is not expected here: an operator is missing before it");
  }
}

NodeIndex Parser::fail_operator(const Token& token) {
  const std::string word = quote(ast.text.substr(token.begin, token.end - token.begin));
  const auto instead = [&](const char* right) {
    return fail(token.begin, word + " is written `" + right + "` here", right);
  };
  switch (token.symbol) {
    case Symbol::kAnd2:
    case Symbol::kAmpersand:
      return instead("and");
    case Symbol::kOr2:
    case Symbol::kPipe:
      return instead("or");
    case Symbol::kNot2:
      return fail(token.begin, "`!` is written `not` here", "not ");
    case Symbol::kTripleEqual:
      return instead("==");
    case Symbol::kTripleNotEqual:
    case Symbol::kLessGreater:
      return instead("!=");
    case Symbol::kAssign:
      return fail(token.begin, "`=` sets a key; values are compared with `==`", "==");
    case Symbol::kWalrus:
      return fail(token.begin, "`:=` is not part of the language: an expression changes nothing");
    case Symbol::kQuestion:
      return fail(token.begin, "`?` is not part of the language: write `a if condition else b`");
    case Symbol::kArrow:
      return fail(token.begin, word + " is not part of the language",
                  ast.text[token.begin] == '=' ? ">=" : "");
    case Symbol::kCaret:
    case Symbol::kTilde:
    case Symbol::kShiftLeft:
    case Symbol::kShiftRight:
      return fail(token.begin, word + " works on bits and is not part of the language",
                  token.symbol == Symbol::kCaret ? "**" : "");
    case Symbol::kAt:
      return fail(token.begin, "`@` is not part of the language");
    case Symbol::kPlusAssign:
    case Symbol::kMinusAssign:
    case Symbol::kStarAssign:
    case Symbol::kSlashAssign:
    case Symbol::kDoubleSlashAssign:
    case Symbol::kPercentAssign:
    case Symbol::kPowerAssign:
      return fail(token.begin, word + " sets a key, which only a script may do");
    default:
      return fail(token.begin, word + " is not expected here");
  }
}

NodeIndex Parser::fail_reserved(const Token& token) {
  const std::string_view word = ast.text.substr(token.begin, token.end - token.begin);
  if (word == "for" || word == "async") {
    return fail(token.begin, "comprehensions and loops are not part of the language");
  }
  if (word == "lambda" || word == "def") {
    return fail(token.begin, "functions cannot be defined in an expression");
  }
  if (word == "await" || word == "yield") {
    return fail(token.begin, quote(word) + " is not part of the language");
  }
  const std::string instead = std::string("bb[\"").append(word).append("\"]");
  return fail(token.begin,
              quote(word) +
                  " is a word that Python keeps for itself: a key of that name is "
                  "written " +
                  instead,
              instead);
}

NodeIndex Parser::fail_call(const Token& name) {
  const std::string_view word = ast.text.substr(name.begin, name.end - name.begin);
  const std::string suggestion = closest_function(word);
  if (suggestion.empty() && word.find('.') != std::string_view::npos) {
    return fail(name.begin, "attributes and methods are not part of the language: " + quote(word) +
                                " cannot be called");
  }
  std::string message = "there is no function " + quote(word);
  if (!suggestion.empty()) {
    return fail(name.begin, message + "; did you mean `" + suggestion + "`?", suggestion);
  }
  message += "; there are has, bb.get";
  for (const FunctionInfo& function : kFunctions) message.append(", ").append(function.name);
  return fail(name.begin, message);
}

NodeIndex Parser::fail_statement() {
  const Token& token = token_;
  if (token.kind == TokenKind::kError) return fail_unexpected();
  if (token.is(Symbol::kEqual)) {
    return fail(token.begin, "`==` compares; a key is set with `=`", "=");
  }
  if (token.is(Symbol::kWalrus)) {
    return fail(token.begin, "`:=` is written `=` here", "=");
  }
  if (token.is(Symbol::kLeftBracket)) {
    return fail(token.begin, "a part of a value cannot be set: assign the whole value to its key");
  }
  if (token.is(Symbol::kComma)) {
    return fail(token.begin, "one assignment sets one key; write another one on its own line");
  }
  if (token.is(Symbol::kColon)) {
    return fail(token.begin, "type notes are not part of the language");
  }
  if (token.is(Keyword::kIf) || token.is(Keyword::kElse)) {
    return fail(token.begin,
                "a script holds assignments only: write `key = a if condition else b`");
  }
  return fail(token.begin, "a script holds assignments only, such as `key = value`");
}

}  // namespace pyforest::expression
