#include "fixture.h"

using fixture::declared;
using fixture::leaf;
using fixture::Run;
using fixture::T;
using fixture::Tree;
using pyforest::SlotType;

namespace {

Tree external(std::string config = "") { return T("External", std::move(config)).named("ext"); }

/// The arguments of the run in flight, as the caller sees them.
std::string arguments(Run& run, const std::string& id = "ext") {
  const auto& program = run.program();
  const auto& config = program.outside[program.nodes[run.node(id)].config];
  const auto& value = run.state().slots()[config.inputs_slot];
  return value.is_missing() ? "unset" : pyforest::describe(value);
}

}  // namespace

TEST_CASE("Action answers within the tick, with its writes") {
  Run run(leaf("a", "RSFK"));
  run.leaf_writes("a", "x", "1");
  CHECK(run.tick() == "R a+");
  CHECK(run.value("x") == "1");
  CHECK(run.written() == "x");
  CHECK(run.tick() == "S a");
  CHECK(run.tick() == "F a+");
  CHECK(run.tick() == "K a+");
  CHECK(run.trace().answers.size() == 1);
}

TEST_CASE("Action that raises or answers nonsense fails with an error, and the tree goes on") {
  Run run(T("Parallel", "'policy': 'Threshold', 'failure_threshold': 3",
            {leaf("a", "R!"), leaf("b", "?"), leaf("c", "RS")}));
  CHECK(run.tick() == "F-F- a+ b+ c+ a! c!");
  CHECK(run.errors() == "b:bad_reply");
  Run raises(T("Selector", {leaf("a", "!"), leaf("b", "S")}));
  CHECK(raises.tick() == "SFS a+ b+");
  CHECK(raises.errors() == "a:raised");
  CHECK(raises.trace().failures[0].message == "RuntimeError: on purpose");
}

TEST_CASE("Action whose write does not fit fails with an error") {
  Run run(leaf("a", "SR"), {.declared = {declared("x", SlotType::kInt)}});
  run.leaf_writes("a", "x", "'text'");
  CHECK(run.tick() == "F a+");
  CHECK(run.errors() == "a:refused_write");
  CHECK(run.value("x") == "unset");
}

TEST_CASE("Action that wants to go on but may not write is halted like any other") {
  Run run(leaf("a", "RR"), {.declared = {declared("x", SlotType::kInt)}});
  run.leaf_writes("a", "x", "'text'");
  CHECK(run.tick() == "F a+ a!");
}

TEST_CASE("Action may write keys that the program does not know, and remove keys") {
  Run run(T("Sequence", {leaf("a", "S"), leaf("b", "S")}));
  run.leaf_writes("a", "new", "[1]").leaf_writes("b", "new", nullptr);
  CHECK(run.tick() == "SSS a+ b+");
  CHECK(run.value("new") == "unset");
}

TEST_CASE("Action without a host fails") {
  const auto program = fixture::build(leaf("a", "S"));
  pyforest::State state(program, 0, false);
  pyforest::TickTrace trace;
  CHECK(pyforest::tick(state, {}, nullptr, trace) == pyforest::Status::kFailure);
  CHECK(trace.failures.size() == 1);
}

TEST_CASE("External runs under a new run id at each start until its result comes") {
  Run run(external());
  CHECK(run.tick() == "R");
  CHECK(run.state().memory()[0] == 1);
  CHECK(run.tick() == "R");
  CHECK(run.result("ext", 1, 'S').writing("x", "5").tick() == "S");
  CHECK(run.value("x") == "5");
  CHECK(run.written() == "x");
  CHECK(run.tick() == "R");
  CHECK(run.state().memory()[0] == 2);
  CHECK(run.result("ext", 2, 'F').tick() == "F");
  CHECK(run.tick() == "R");
  CHECK(run.result("ext", 3, 'K').tick() == "K");
}

TEST_CASE("External: a RUNNING result writes and the run goes on") {
  Run run(external());
  CHECK(run.tick() == "R");
  CHECK(run.result("ext", 1, 'R').writing("progress", "0.5").tick() == "R");
  CHECK(run.value("progress") == "0.5");
  CHECK(run.result("ext", 1, 'R').result("ext", 1, 'S').tick() == "S");
}

TEST_CASE("External: a result with an error fails, one that may not write fails") {
  Run run(external(), {.declared = {declared("x", SlotType::kInt)}});
  CHECK(run.tick() == "R");
  CHECK(run.result("ext", 1, 'F').failing("no such host").tick() == "F");
  CHECK(run.errors() == "ext:raised");
  CHECK(run.tick() == "R");
  CHECK(run.result("ext", 2, 'S').writing("x", "'text'").tick() == "F");
  CHECK(run.errors() == "ext:refused_write");
  CHECK(run.cancelled().empty());
}

TEST_CASE("External: a RUNNING result that may not write fails and cancels the run") {
  Run run(external(), {.declared = {declared("x", SlotType::kInt)}});
  CHECK(run.tick() == "R");
  CHECK(run.result("ext", 1, 'R').writing("x", "'text'").tick() == "F");
  CHECK(run.errors() == "ext:refused_write");
  CHECK(run.cancelled() == "0#1");
}

TEST_CASE("External: late, early and repeated results are dropped") {
  Run run(external());
  CHECK(run.result("ext", 1, 'S').tick() == "R");
  CHECK(run.trace().dropped == std::vector<std::uint32_t>{0});
  CHECK(run.result("ext", 2, 'S').tick() == "R");
  CHECK(run.trace().dropped.size() == 1);
  CHECK(run.result("ext", 0, 'S').tick() == "R");
  CHECK(run.trace().dropped.size() == 1);
  CHECK(run.result("ext", 1, 'S').tick() == "S");
  CHECK(run.trace().dropped.empty());
  CHECK(run.result("ext", 1, 'F').tick() == "R");
  CHECK(run.trace().dropped.size() == 1);
}

TEST_CASE("External: a second result of a finished run does not linger") {
  Run run(external());
  CHECK(run.tick() == "R");
  CHECK(run.result("ext", 1, 'S').result("ext", 1, 'F').tick() == "S");
  REQUIRE(run.state().extras_or_null() != nullptr);
  CHECK(run.state().extras_or_null()->delivered.empty());
}

TEST_CASE("External that is interrupted is cancelled and its result dropped") {
  Run run(T("Selector", {leaf("high", "FSF"), external()}));
  CHECK(run.tick() == "RFR high+");
  CHECK(run.tick() == "SS- high+");
  CHECK(run.cancelled() == "2#1");
  CHECK(run.result("ext", 1, 'S').tick() == "RFR high+");
  CHECK(run.trace().dropped.size() == 1);
}

TEST_CASE("External: a result that arrives as its node is interrupted goes with it") {
  Run run(T("Selector", {leaf("high", "FS"), external()}));
  CHECK(run.tick() == "RFR high+");
  CHECK(run.result("ext", 1, 'S').writing("x", "1").tick() == "SS- high+");
  CHECK(run.value("x") == "unset");
  CHECK(run.state().extras_or_null()->delivered.empty());
}

TEST_CASE("External: a result waits while its node is not ticked") {
  Run run(T("WhileDoElse", {leaf("while", "SRS"), external()}));
  CHECK(run.tick() == "RSR while+");
  CHECK(run.result("ext", 1, 'S').tick() == "RRR while+");
  CHECK(run.tick() == "SSS while");
}

TEST_CASE("External computes its inputs when it starts, and asks nothing when it cannot") {
  Run run(external("'arguments': {'n': {'expression': 'x + 1'}, 'who': {'value': 'me'}}"));
  CHECK(run.tick() == "F");
  CHECK(run.errors() == "ext:missing");
  CHECK(run.state().memory()[0] == 0);
  CHECK(arguments(run) == "unset");
  CHECK(run.with("x", "1").tick() == "R");
  CHECK(arguments(run) == "{'n': 2, 'who': 'me'}");
  CHECK(run.with("x", "5").tick() == "R");
  CHECK(arguments(run) == "{'n': 2, 'who': 'me'}");
  CHECK(run.result("ext", 1, 'S').tick() == "S");
  CHECK(arguments(run) == "unset");
}

TEST_CASE("External whose timeout cannot be computed fails and asks nothing") {
  Run run(external("'timeout': 'limit'"));
  CHECK(run.tick() == "F");
  CHECK(run.errors() == "ext:missing");
  CHECK(run.state().memory()[0] == 0);
  CHECK(run.with("limit", "2").at(0).tick() == "R");
  CHECK(run.with("limit", "9").at(3).tick() == "F");
  CHECK(run.errors() == "ext:timeout");
}

TEST_CASE("External fails after its timeout, and cancels the run") {
  Run run(external("'timeout': 2"));
  CHECK(run.at(10).tick() == "R");
  CHECK(run.at(12).tick() == "R");
  CHECK(run.at(12.5).tick() == "F");
  CHECK(run.errors() == "ext:timeout");
  CHECK(run.cancelled() == "0#1");
  CHECK(arguments(run) == "unset");
  CHECK(run.at(13).tick() == "R");
  CHECK(run.at(20).result("ext", 2, 'S').tick() == "S");
}

TEST_CASE("External: a RUNNING result does not stretch the timeout") {
  Run run(external("'timeout': 2"));
  CHECK(run.at(0).tick() == "R");
  CHECK(run.at(3).result("ext", 1, 'R').tick() == "F");
  CHECK(run.errors() == "ext:timeout");
}

TEST_CASE("HumanDecision asks with its prompt and options") {
  Run run(T("HumanDecision", "'prompt': 'Ship it?', 'options': ['yes', 'no'], 'variable': 'v'")
              .named("ext"));
  CHECK(run.tick() == "R");
  CHECK(arguments(run) == "{'prompt': 'Ship it?', 'options': ['yes', 'no']}");
  CHECK(run.result("ext", 1, 'S').writing("v", "'yes'").tick() == "S");
  CHECK(run.value("v") == "\"yes\"");
}

TEST_CASE("Action in await mode is answered by run id") {
  Run run(T("Action", "'action': 'fetch', 'mode': 'await', 'arguments': {'n': {'value': 1}}")
              .named("ext"));
  CHECK(run.tick() == "R");
  CHECK(arguments(run) == "{'n': 1}");
  CHECK(run.halt() == "-");
  CHECK(run.cancelled() == "0#1");
  CHECK(run.tick() == "R");
  CHECK(run.result("ext", 1, 'S').tick() == "R");
  CHECK(run.result("ext", 2, 'S').tick() == "S");
}
