// Turns a syntax tree into bytecode: resolves names, folds constants, emits instructions.
#pragma once

#include <optional>
#include <vector>

#include "expression_ast.h"
#include "expression_code.h"
#include "pyforest/expression.h"

namespace pyforest::expression {

class Compiler {
 public:
  Compiler(Ast& ast, NameResolver& resolver, Code& code)
      : ast_(ast), resolver_(resolver), code_(code) {}

  /// Gives every name its slot and computes what can be computed now. Once, before `compile`.
  void prepare();
  /// Compiles the subtree under `root`; an error leaves the code as it was.
  std::optional<ExpressionError> compile(NodeIndex root, Expression& out);

 private:
  Node& node(NodeIndex index) { return ast_.nodes[static_cast<std::size_t>(index)]; }

  void resolve(Node& n);
  void fold(Node& n);
  static bool fold_value(const Node& n, const std::vector<Value>& operands, Value& out);
  void fold_prefix(Node& n);
  void describe_lifetime(Node& n);
  void collect_reads(NodeIndex root, std::vector<std::int32_t>& out);
  bool take_shape(const Node& n, Expression& out);

  void emit(NodeIndex index);
  void emit_children(const Node& n);
  void emit_constant(const Value& value);
  void emit_chain(const Node& n);
  void emit_logic(const Node& n);
  void emit_conditional(const Node& n);
  void emit_compare(const Node& n);
  void emit_link(Operator link);
  std::size_t put(Op op, std::uint8_t detail = 0, std::uint16_t count = 0,
                  std::int32_t operand = 0);
  void land(std::size_t jump);
  void grow(int values);

  Ast& ast_;
  NameResolver& resolver_;
  Code& code_;
  std::vector<Value> operands_;     // scratch
  std::vector<NodeIndex> pending_;  // scratch
  int depth_ = 0;
  int deepest_ = 0;
};

}  // namespace pyforest::expression
