// A blackboard to evaluate expressions over.
#pragma once

#include <doctest/doctest.h>

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "pyforest/expression.h"

namespace fixture {

using namespace pyforest;

/// A blackboard whose values are expressions themselves.
class Board final : public NameResolver {
 public:
  std::int32_t slot_of(std::string_view name) override {
    const auto [place, fresh] =
        slots_.emplace(std::string(name), static_cast<std::int32_t>(values.size()));
    if (fresh) values.emplace_back();
    return place->second;
  }

  const Value* constant_of(std::string_view name) override {
    const auto found = wired.find(std::string(name));
    return found == wired.end() ? nullptr : &found->second;
  }

  Board& set(std::string_view name, std::string_view expression) {
    Code code;
    Expression compiled;
    REQUIRE_FALSE(compile_expression(expression, *this, code, compiled));
    Value value;
    EvalError error{};
    REQUIRE(evaluate(code, compiled, values.data(), value, error));
    const std::int32_t slot = slot_of(name);
    values[static_cast<std::size_t>(slot)] = value.retained();
    return *this;
  }

  std::vector<Value> values;
  std::map<std::string, Value> wired;

 private:
  std::map<std::string, std::int32_t> slots_;
};

/// One value of every kind.
inline Board sample() {
  Board board;
  board.set("n", "7").set("x", "2.5").set("yes", "True").set("word", "'h\\u00e9llo'");
  board.set("items", "[1, 2.5, 'three', None, [4]]").set("order", "{'total': 1500, 'lines': [1]}");
  board.set("nothing", "None").set("robot.battery", "80").set("a-b", "1");
  board.set("least", "-9223372036854775808").set("most", "9223372036854775807");
  return board;
}

/// What an expression gives as text, or the name of its error.
inline std::string result(Board& board, std::string_view text) {
  Code code;
  Expression compiled;
  if (const auto error = compile_expression(text, board, code, compiled)) {
    return "syntax: " + error->message;
  }
  Value value;
  EvalError error{};
  const bool ok = evaluate(code, compiled, board.values.data(), value, error);
  bool truth = false;
  EvalError other{};
  CHECK(evaluate_truth(code, compiled, board.values.data(), truth, other) == ok);
  if (!ok) {
    CHECK(other.kind == error.kind);
    return eval_error_name(error.kind);
  }
  CHECK(truth == is_truthy(value));
  return describe(value, 1000);
}

inline std::string result(std::string_view text) {
  Board board = sample();
  return result(board, text);
}

}  // namespace fixture
