// Reads the text of an expression or script into a syntax tree. Precedence climbing; the only
// recursion is over nesting, which is bounded.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "expression_ast.h"
#include "expression_lexer.h"

namespace pyforest::expression {

/// One assignment of a script.
struct Statement {
  std::string name;
  NodeIndex value;  ///< of `b += 1` this is the whole `b + 1`
  std::uint32_t begin;
};

/// Siblings being gathered.
struct Children {
  NodeIndex first = kNoNode;
  NodeIndex last = kNoNode;
  std::size_t count = 0;
};

class Parser {
 public:
  explicit Parser(std::string_view text);

  /// Returns the root, or kNoNode with `error` filled.
  NodeIndex parse_expression();
  bool parse_script(std::vector<Statement>& out);

  Ast ast;
  ExpressionError error{0, {}, {}};

 private:
  // One level of nesting for as long as it lives.
  class Nesting {
   public:
    explicit Nesting(Parser& parser) : parser_(parser) { ++parser_.depth_; }
    ~Nesting() { --parser_.depth_; }
    Nesting(const Nesting&) = delete;
    Nesting& operator=(const Nesting&) = delete;
    /// Fails the parser where the level is one too many.
    bool too_deep() const;

   private:
    Parser& parser_;
  };

  // Binding power of the operators, loosest first.
  enum Level : std::uint8_t { kNothing, kOr, kAnd, kNot, kCompare, kSum, kProduct, kUnary };

  bool check_text();
  void advance();
  bool take(Symbol symbol);
  void open_bracket();
  bool close_bracket(Symbol symbol);

  NodeIndex fail(std::size_t offset, std::string message, std::string suggestion = {});
  NodeIndex fail_unexpected();
  NodeIndex fail_operator(const Token& token);
  NodeIndex fail_reserved(const Token& token);
  NodeIndex fail_call(const Token& name);
  NodeIndex fail_statement();

  NodeIndex add(NodeKind kind, std::uint32_t begin, const Children& children = {});
  NodeIndex add_constant(Value value, std::uint32_t begin);
  void append(Children& children, NodeIndex node);

  NodeIndex conditional();
  NodeIndex operators(Level loosest);
  NodeIndex chain(Level level, NodeIndex left, std::uint32_t begin);
  NodeIndex compare_operand(Operator op);
  static Level level_of(const Token& token);
  bool take_operator(Operator& op);
  NodeIndex prefix(Level loosest);
  NodeIndex unary();
  NodeIndex power();
  NodeIndex postfix();
  NodeIndex subscript(NodeIndex container, std::uint32_t begin);
  NodeIndex slice_bound(Symbol stop);
  NodeIndex primary();
  NodeIndex literal();
  NodeIndex strings();
  NodeIndex name();
  NodeIndex board_item(std::uint32_t begin);
  NodeIndex board_get(std::uint32_t begin);
  NodeIndex presence(std::uint32_t begin);
  NodeIndex call(const Token& name);
  NodeIndex parenthesised();
  NodeIndex list();
  NodeIndex dict();
  bool items(Symbol close, Children& children);
  bool key(std::string& out);
  bool check_key(std::string_view key, std::size_t offset);
  bool statement(std::vector<Statement>& out);
  bool target(std::string& out);

  Lexer lexer_;
  Token token_;
  std::uint32_t end_ = 0;       // of the last token taken
  int depth_ = -1;              // the whole expression is level 0
  std::int64_t tuple_at_ = -1;  // where a `(` may open a tuple
};

/// Whether `key` may name a blackboard key, its length aside.
bool is_key(std::string_view key);

}  // namespace pyforest::expression
