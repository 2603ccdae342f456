#include "fixture.h"

using fixture::leaf;
using fixture::Run;
using fixture::T;

TEST_CASE("OneShot keeps any completion for ever") {
  for (const char end : {'S', 'F'}) {
    Run run(T("OneShot", {leaf("a", std::string("R") + end)}));
    CHECK(run.tick() == "RR a+");
    const std::string ended{end, end};
    CHECK(run.tick() == ended + " a");
    CHECK(run.tick() == ended);
    CHECK(run.visited() == "0");
  }
}

TEST_CASE("OneShot for success only tries a failure again") {
  Run run(T("OneShot", "'policy': 'OnSuccessfulCompletion'", {leaf("a", "FKS")}));
  CHECK(run.tick() == "FF a+");
  CHECK(run.tick() == "KK a+");
  CHECK(run.tick() == "SS a+");
  CHECK(run.tick() == "SS");
}

TEST_CASE("OneShot does not keep a skipped or interrupted run, but keeps through resets") {
  Run skipped(T("OneShot", {leaf("a", "KS")}));
  CHECK(skipped.tick() == "KK a+");
  CHECK(skipped.tick() == "SS a+");
  Run run(
      T("Sequence", "'memory': false", {leaf("guard", "SFSS"), T("OneShot", {leaf("a", "RF")})}));
  CHECK(run.tick() == "RSRR guard+ a+");
  CHECK(run.tick() == "FF-- guard+ a!");
  CHECK(run.tick() == "FSFF guard+ a+");
  CHECK(run.tick() == "FSF- guard+");
}

TEST_CASE("Guard lets its child run only while the condition holds") {
  Run run(T("Guard", "'expression': 'ok'", {leaf("a", "RRS")}));
  CHECK(run.with("ok", "false").tick() == "F-");
  CHECK(run.with("ok", "true").tick() == "RR a+");
  CHECK(run.with("ok", "0").tick() == "F- a!");
  CHECK(run.with("ok", "'yes'").tick() == "RR a+");
  CHECK(run.tick() == "SS a");
  CHECK(run.with("ok", "false").tick() == "FS");
  CHECK(run.errors().empty());
}

TEST_CASE("Guard with abort none asks only before it starts") {
  Run run(T("Guard", "'expression': 'ok', 'abort': 'none'", {leaf("a", "RF")}));
  CHECK(run.with("ok", "true").tick() == "RR a+");
  CHECK(run.with("ok", "false").tick() == "FF a");
  CHECK(run.tick() == "FF");
}

TEST_CASE("Guard whose condition cannot be computed fails with an error and interrupts its child") {
  Run run(T("Guard", "'expression': 'ok > 0'", {leaf("a", "R")}));
  CHECK(run.tick() == "F-");
  CHECK(run.errors() == "Guard0:missing");
  CHECK(run.with("ok", "1").tick() == "RR a+");
  CHECK(run.with("ok", "'one'").tick() == "F- a!");
  CHECK(run.errors() == "Guard0:type");
}

TEST_CASE("CheckBlackboardCondition with a child guards it; an unset key is no error") {
  Run run(T("CheckBlackboardCondition", "'variable': 'n', 'operator_str': '>', 'value': 3",
            {leaf("a", "RK")}));
  CHECK(run.tick() == "F-");
  CHECK(run.errors().empty());
  CHECK(run.with("n", "4").tick() == "RR a+");
  CHECK(run.with("n", "3").tick() == "F- a!");
  CHECK(run.with("n", "5").tick() == "KK a+");
}

TEST_CASE("Count counts ticks by answer and interruptions") {
  Run run(T("Sequence", "'memory': false",
            {leaf("guard", "SSFSSS"), T("Count", "'variable': 'n'", {leaf("a", "RSRRKF")})}));
  auto counts = [](int ticks, int running, int success, int failure, int interrupted) {
    return "{\"ticks\":" + std::to_string(ticks) + ",\"running\":" + std::to_string(running) +
           ",\"success\":" + std::to_string(success) + ",\"failure\":" + std::to_string(failure) +
           ",\"interrupted\":" + std::to_string(interrupted) + "}";
  };
  CHECK(run.tick() == "RSRR guard+ a+");
  CHECK(run.value("n") == counts(1, 1, 0, 0, 0));
  CHECK(run.tick() == "SSSS guard+ a");
  CHECK(run.value("n") == counts(2, 1, 1, 0, 0));
  // Reset by the new start of its parent: it does not run, so that is no interruption.
  CHECK(run.tick() == "FF-- guard+");
  CHECK(run.tick() == "RSRR guard+ a+");
  CHECK(run.halt() == "---- a!");
  CHECK(run.tick() == "RSRR guard+ a+");
  CHECK(run.value("n") == counts(4, 3, 1, 0, 1));
  CHECK(run.tick() == "SSKK guard+ a");
  CHECK(run.value("n") == counts(5, 3, 1, 0, 1));
}

TEST_CASE("Count without a variable writes nothing and counts all the same") {
  Run run(T("Count", {leaf("a", "RF")}));
  CHECK(run.tick() == "RR a+");
  CHECK(run.tick() == "FF a");
  CHECK(run.written().empty());
  const std::int64_t* cells = run.state().memory();
  CHECK(cells[0] == 2);
  CHECK(cells[1] == 1);
  CHECK(cells[3] == 1);
}

TEST_CASE("Count that may not write fails with an error and interrupts its child") {
  Run run(T("Count", "'variable': 'n'", {leaf("a", "RR")}),
          {.declared = {fixture::declared("n", pyforest::SlotType::kInt)}});
  CHECK(run.tick() == "F- a+ a!");
  CHECK(run.errors() == "Count0:refused_write");
}

TEST_CASE("StatusToBlackboard writes what its child answers and answers the same") {
  Run run(T("StatusToBlackboard", "'variable': 's'", {leaf("a", "RSFK")}));
  CHECK(run.tick() == "RR a+");
  CHECK(run.value("s") == "\"RUNNING\"");
  CHECK(run.tick() == "SS a");
  CHECK(run.value("s") == "\"SUCCESS\"");
  CHECK(run.tick() == "FF a+");
  CHECK(run.value("s") == "\"FAILURE\"");
  CHECK(run.tick() == "KK a+");
  CHECK(run.value("s") == "\"SKIPPED\"");
}

TEST_CASE("StatusToBlackboard that may not write fails with an error and interrupts its child") {
  Run run(T("StatusToBlackboard", "'variable': 's'", {leaf("a", "RS")}),
          {.declared = {fixture::declared("s", pyforest::SlotType::kBool)}});
  CHECK(run.tick() == "F- a+ a!");
  CHECK(run.errors() == "StatusToBlackboard0:refused_write");
  CHECK(run.tick() == "FS a+");
  CHECK(run.value("s") == "unset");
}
