#include "fixture.h"
#include "pyforest/kind.h"

using fixture::build;
using fixture::declared;
using fixture::leaf;
using fixture::refusal;
using fixture::Run;
using fixture::Setting;
using fixture::T;
using fixture::Tree;
using fixture::value_of;
using pyforest::kNone;
using pyforest::NodeKind;
using pyforest::NodeSpec;
using pyforest::Program;
using pyforest::Slot;
using pyforest::SlotType;
using pyforest::Value;

namespace {

NodeSpec spec(NodeKind kind, std::uint32_t children, std::string id) {
  return {kind, 0, children, std::move(id), Value()};
}

bool contains(const std::string& text, const char* part) {
  return text.find(part) != std::string::npos;
}

Tree nested(std::uint32_t depth) {
  Tree out = T("Success");
  for (std::uint32_t i = 1; i < depth; ++i) out = T("Inverter", {std::move(out)});
  return out;
}

/// What a check against a declared key says, or "" when the value fits.
std::string objection(const Slot& slot, Value value) {
  std::string error;
  return pyforest::conform(slot, value, error) ? "" : error;
}

}  // namespace

TEST_CASE("a program is laid out in pre-order, each node knowing its end") {
  const auto program =
      build(T("Sequence",
              {T("Selector", {T("Success").named("a"), T("Failure").named("b")}).named("pick"),
               T("Inverter", {T("Running").named("c")})})
                .named("root"));
  REQUIRE(program->size() == 6);
  CHECK(program->depth == 3);
  CHECK(program->nodes[0].end == 6);
  CHECK(program->nodes[1].end == 4);
  CHECK(program->nodes[2].end == 3);
  CHECK(program->nodes[4].end == 6);
  CHECK(program->nodes[1].children == 2);
  CHECK(program->find_node("c") == 5);
  CHECK(program->find_node("d") == kNone);
  CHECK(program->parent_of(0) == kNone);
  CHECK(program->parent_of(1) == 0);
  CHECK(program->parent_of(3) == 1);
  CHECK(program->parent_of(5) == 4);
}

TEST_CASE("every node has cells of its own") {
  const auto program =
      build(T("Sequence", {T("Retry", {T("Count", {T("Wait", "'duration': 1")})}),
                           T("RateLimit", "'max_calls': 3, 'period': 1", {T("Success")})}));
  CHECK(program->cell_counts == std::vector<std::uint32_t>{1, 3, 5, 1, 4, 0});
  CHECK(program->memory_cells == 14);
  CHECK(program->nodes[4].memory == 10);
}

TEST_CASE("a tree that is cut short, has too much or too little is refused") {
  CHECK_THROWS_AS(Program::build({}, {{}}, {}, {}), std::invalid_argument);
  CHECK_THROWS_AS(
      Program::build({spec(NodeKind::kSequence, 2, "a"), spec(NodeKind::kSuccess, 0, "b")}, {{}},
                     {}, {}),
      std::invalid_argument);
  CHECK_THROWS_AS(
      Program::build({spec(NodeKind::kSuccess, 0, "a"), spec(NodeKind::kSuccess, 0, "b")}, {{}}, {},
                     {}),
      std::invalid_argument);
  for (const char* decorator : {"Inverter", "Retry", "OneShot", "Count"}) {
    CHECK(contains(refusal(T(decorator)), "exactly one child"));
    CHECK(contains(refusal(T(decorator, {T("Success"), T("Success")})), "exactly one child"));
  }
  CHECK(contains(refusal(T("Success", {T("Success")})), "too many children"));
  CHECK(contains(
      refusal(T("CheckBlackboardCondition", "'variable': 'x', 'operator_str': '==', 'value': 1",
                {T("Success"), T("Success")})),
      "too many children"));
  CHECK(contains(refusal(T("SubTree")), "exactly one child"));
  CHECK(contains(refusal(T("IfThenElse", {T("Success")})), "two or three"));
  CHECK(
      contains(refusal(T("WhileDoElse", {T("Success"), T("Success"), T("Success"), T("Success")})),
               "two or three"));
}

TEST_CASE("a tree of depth 1,000 builds and ticks; one deeper is refused") {
  Run run(nested(pyforest::kMaxDepth));
  CHECK(run.program().depth == 1'000);
  CHECK(run.tick().substr(0, 1) == "F");
  CHECK(contains(refusal(nested(pyforest::kMaxDepth + 1)), "1,000"));
}

TEST_CASE("a tree whose nodes remember too much is refused before its memory wraps round") {
  const Tree hungry = T("RateLimit", "'max_calls': 10000, 'period': 1", {T("Success")});
  CHECK(contains(refusal(T("Parallel", std::vector<Tree>(7'000, hungry))), "memory"));
}

TEST_CASE("a refusal names the node and the key") {
  const std::string message = refusal(T("Retry", "'num_failures': 0", {T("Success")}).named("try"));
  CHECK(contains(message, "`try`"));
  CHECK(contains(message, "Retry"));
  CHECK(contains(message, "num_failures"));
}

TEST_CASE("configs that mean nothing are refused") {
  const Tree child = T("Success");
  const char* missing[] = {"Timeout",   "Delay",   "Cooldown",
                           "RateLimit", "ForEach", "StatusToBlackboard"};
  for (const char* kind : missing) CHECK(contains(refusal(T(kind, {child})), "is missing"));
  const char* leaves[] = {"Wait",
                          "Log",
                          "SetBlackboardVariable",
                          "UnsetBlackboardVariable",
                          "Condition",
                          "Script",
                          "StatusQueue",
                          "HumanDecision",
                          "DecisionTable",
                          "CheckBlackboardCondition",
                          "WaitForBlackboardCondition"};
  for (const char* kind : leaves) CHECK(contains(refusal(T(kind)), "is missing"));
  const std::pair<const char*, const char*> wrong[] = {
      {"Sequence", "'memory': 1"},
      {"Parallel", "'policy': 'Most'"},
      {"Parallel", "'policy': 'Threshold', 'success_threshold': 0"},
      {"Parallel", "'policy': 'Threshold', 'failure_threshold': 0"},
      {"Parallel", "'policy': 'SuccessOnSelected', 'selected': []"},
      {"Parallel", "'policy': 'SuccessOnSelected', 'selected': [1]"},
      {"Parallel", "'policy': 'SuccessOnSelected', 'selected': [-1]"},
      {"Switch", "'expression': 'x', 'cases': 3"},
      {
          "Switch",
          "'expression': 'x', 'cases': []",
      },
      {"UtilitySelector", "'scores': [1, 2]"},
      {"RandomSelector", "'weights': [1, 2]"},
      {"RandomSelector", "'weights': [-1]"},
      {"Retry", "'num_failures': -2"},
      {"Retry", "'backoff': 'linear'"},
      {"Retry", "'initial_delay': -1"},
      {"Retry", "'jitter': 1.5"},
      {"Repeat", "'num_success': -2"},
      {"Timeout", "'duration': -1"},
      {"Timeout", "'duration': 1e300"},
      {"Timeout", "'duration': '1 +'"},
      {"Cooldown", "'duration': 1, 'status': 'INVALID'"},
      {"RateLimit", "'period': 1, 'max_calls': 0"},
      {"RateLimit", "'period': 1, 'max_calls': 10001"},
      {"OneShot", "'policy': 'Never'"},
      {"Guard", "'expression': 'x', 'abort': 'both'"},
      {"Guard", "'expression': ''"},
  };
  for (const auto& [kind, config] : wrong) {
    CAPTURE(kind);
    CAPTURE(config);
    const bool two = std::string(config) == "'expression': 'x', 'cases': []";
    CHECK(refusal(
              T(kind, config, two ? std::vector<Tree>{child, child} : std::vector<Tree>{child})) !=
          "not refused");
  }
  const std::pair<const char*, const char*> wrong_leaves[] = {
      {"Probability", "'probability': 1.5"},
      {"Probability", "'probability': -0.5"},
      {"StatusQueue", "'queue': []"},
      {"StatusQueue", "'queue': ['INVALID']"},
      {"StatusQueue", "'queue': ['SUCCESS'], 'eventually': 'success'"},
      {"Placeholder", "'status': 'BROKEN'"},
      {"Script", "'script': 'a ='"},
      {"DecisionTable", "'rows': {}"},
      {"DecisionTable", "'rows': [1]"},
      {"DecisionTable", "'rows': [{'when': 1}]"},
      {"DecisionTable", "'rows': [{'outputs': []}]"},
      {"DecisionTable", "'rows': [], 'hit': 'any'"},
  };
  for (const auto& [kind, config] : wrong_leaves) {
    CAPTURE(kind);
    CAPTURE(config);
    CHECK(refusal(T(kind, config)) != "not refused");
  }
}

TEST_CASE("keys get slots as they are named; declared ones come first") {
  const auto program = build(T("Script", "'script': 'b = a; c = 1'"),
                             {.declared = {declared("z", SlotType::kInt, "3")}});
  CHECK(program->slots[0].name == "z");
  CHECK(program->slots[0].declared);
  CHECK(program->slots[0].checked);
  CHECK(program->find_slot("a") > 0);
  CHECK(program->slots[static_cast<std::size_t>(program->find_slot("a"))].read);
  CHECK_FALSE(program->slots[static_cast<std::size_t>(program->find_slot("c"))].read);
  CHECK_FALSE(program->slots[static_cast<std::size_t>(program->find_slot("a"))].checked);
  CHECK(program->find_slot("d") == -1);
}

TEST_CASE("a subtree without wiring shares the whole board") {
  pyforest::Scope shared;
  shared.parent = 0;
  Run run(T("Sequence", {T("SetBlackboardVariable", "'variable': 'x', 'value': 1"),
                         T("SubTree", {T("Condition", "'expression': 'x == 1'").within(1)})}),
          {.scopes = {shared}});
  CHECK(run.tick() == "SSSS");
}

TEST_CASE("a wired subtree sees what is wired and keeps the rest to itself") {
  const Tree inner = T("Script", "'script': 'total = inner * 2; inner = 9'").within(1);
  Run run(T("SubTree", {inner}),
          {.scopes = {fixture::scope(0, {{"inner", "outer"}, {"total", "sum"}}, "first")}});
  CHECK(run.with("outer", "4").tick() == "SS");
  CHECK(run.value("sum") == "8");
  CHECK(run.value("outer") == "9");
  CHECK(run.value("total") == "unset");
  Run hidden(T("SubTree", {T("SetBlackboardVariable", "'variable': 'own', 'value': 1").within(1)}),
             {.scopes = {fixture::scope(0, {}, "first")}});
  CHECK(hidden.tick() == "SS");
  CHECK(hidden.value("own") == "unset");
  CHECK(hidden.value("first/own") == "1");
}

TEST_CASE("two uses of one subtree do not share their private keys") {
  auto counts = [](std::uint32_t scope) {
    return T("SubTree",
             {T("SetBlackboardVariable", "'variable': 'n', 'value': 1, 'overwrite': false")
                  .within(scope)});
  };
  Run run(T("Sequence", {counts(1), counts(2)}),
          {.scopes = {fixture::scope(0, {}, "one"), fixture::scope(0, {}, "two")}});
  CHECK(run.tick() == "SSSSS");
  CHECK(run.tick() == "FFF--");
}

TEST_CASE("wires go through every subtree above, and stop where one does not pass them") {
  const Tree deep = T("SetBlackboardVariable", "'variable': 'c', 'value': 7").within(2);
  Run through(
      T("SubTree", {T("SubTree", {deep})}),
      {.scopes = {fixture::scope(0, {{"b", "a"}}, "one"), fixture::scope(1, {{"c", "b"}}, "two")}});
  CHECK(through.tick() == "SSS");
  CHECK(through.value("a") == "7");
  Run stops(T("SubTree", {T("SubTree", {deep})}),
            {.scopes = {fixture::scope(0, {}, "one"), fixture::scope(1, {{"c", "b"}}, "two")}});
  CHECK(stops.tick() == "SSS");
  CHECK(stops.value("one/b") == "7");
  CHECK(stops.program().find_slot_in(2, "c") == stops.program().find_slot("one/b"));
}

TEST_CASE("a key wired to a constant begins with it and is private") {
  pyforest::Scope constant = fixture::scope(0, {}, "first");
  constant.constants["limit"] = value_of("5");
  Run run(T("SubTree", {T("Script", "'script': 'seen = limit; limit = 6'").within(1)}),
          {.scopes = {constant}});
  CHECK(run.with("limit", "1").tick() == "SS");
  CHECK(run.value("first/seen") == "5");
  CHECK(run.value("limit") == "1");
  CHECK(run.value("first/limit") == "6");
}

TEST_CASE("declared keys keep their type, range and choices") {
  CHECK(objection(declared("n", SlotType::kInt), value_of("1")).empty());
  CHECK(contains(objection(declared("n", SlotType::kInt), value_of("1.0")), "declared as int"));
  CHECK(contains(objection(declared("n", SlotType::kInt), value_of("true")), "declared as int"));
  CHECK(objection(declared("n", SlotType::kFloat), value_of("2.5")).empty());
  CHECK(contains(objection(declared("n", SlotType::kFloat), value_of("'2'")), "declared as float"));
  CHECK(
      contains(objection(declared("n", SlotType::kFloat), value_of("9007199254740993")), "float"));
  CHECK(objection(declared("n", SlotType::kString), value_of("'a'")).empty());
  CHECK(contains(objection(declared("n", SlotType::kString), value_of("1")), "string"));
  CHECK(objection(declared("n", SlotType::kBool), value_of("true")).empty());
  CHECK(contains(objection(declared("n", SlotType::kBool), value_of("1")), "bool"));
  CHECK(objection(declared("n", SlotType::kArray), value_of("[]")).empty());
  CHECK(contains(objection(declared("n", SlotType::kArray), value_of("{}")), "array"));
  CHECK(objection(declared("n", SlotType::kObject), value_of("{}")).empty());
  CHECK(contains(objection(declared("n", SlotType::kObject), value_of("[]")), "object"));
  CHECK(objection(declared("n", SlotType::kAny), value_of("null")).empty());
  CHECK(objection(declared("n", SlotType::kInt), Value()).empty());
  CHECK_FALSE(objection(declared("n", SlotType::kInt), value_of("null")).empty());
  Slot nullable = declared("n", SlotType::kInt);
  nullable.nullable = true;
  CHECK(objection(nullable, value_of("null")).empty());
}

TEST_CASE("a whole number stored under a float key becomes a float") {
  Value value = value_of("2");
  std::string error;
  REQUIRE(pyforest::conform(declared("n", SlotType::kFloat), value, error));
  CHECK(value.is_float());
  CHECK(value.as_float() == 2.0);
}

TEST_CASE("ranges include their ends; choices are equal values") {
  Slot slot = declared("n", SlotType::kFloat);
  slot.minimum = 1.0;
  slot.maximum = 2.0;
  CHECK(objection(slot, value_of("1")).empty());
  CHECK(objection(slot, value_of("2")).empty());
  CHECK(contains(objection(slot, value_of("0.9")), "at least 1.0"));
  CHECK(contains(objection(slot, value_of("2.1")), "at most 2.0"));
  Slot choice = declared("n", SlotType::kAny);
  choice.choices = {value_of("'a'"), value_of("1")};
  CHECK(objection(choice, value_of("1.0")).empty());
  CHECK(contains(objection(choice, value_of("'b'")), "none of its choices"));
}

TEST_CASE("the numbers of the node types never change") {
  CHECK(static_cast<int>(NodeKind::kSequence) == 0);
  CHECK(static_cast<int>(NodeKind::kSubTree) == 11);
  CHECK(static_cast<int>(NodeKind::kStatusToBlackboard) == 32);
  CHECK(static_cast<int>(NodeKind::kSuccess) == 33);
  CHECK(static_cast<int>(NodeKind::kAction) == 51);
  CHECK(pyforest::kNodeKinds >= 52);
  CHECK(pyforest::kind_name(NodeKind::kUtilitySelector) == "UtilitySelector");
}
