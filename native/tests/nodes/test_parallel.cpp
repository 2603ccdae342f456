#include "fixture.h"

using fixture::leaf;
using fixture::Run;
using fixture::T;

namespace {

std::string threshold(int successes, int failures) {
  return "'policy': 'Threshold', 'success_threshold': " + std::to_string(successes) +
         ", 'failure_threshold': " + std::to_string(failures);
}

}  // namespace

TEST_CASE("Parallel of nothing succeeds") { CHECK(Run(T("Parallel")).tick() == "S"); }

TEST_CASE("Parallel needs all children by default and does not tick a finished one again") {
  Run run(T("Parallel", {leaf("a", "S"), leaf("b", "RS"), leaf("c", "RRS")}));
  CHECK(run.tick() == "RSRR a+ b+ c+");
  CHECK(run.tick() == "RSSR b c");
  CHECK(run.tick() == "SSSS c");
}

TEST_CASE("Parallel fails with the first failure, after all children have ticked") {
  Run run(T("Parallel", {leaf("a", "R"), leaf("b", "F"), leaf("c", "R"), leaf("d", "S")}));
  CHECK(run.tick() == "F-F-S a+ b+ c+ d+ a! c!");
  CHECK(run.passing() == "1R 3R");
}

TEST_CASE("Parallel resets its children at a new start") {
  Run run(T("Parallel", {leaf("a", "SR"), leaf("b", "SR")}));
  CHECK(run.tick() == "SSS a+ b+");
  CHECK(run.tick() == "RRR a+ b+");
}

TEST_CASE("Parallel without synchronise ticks finished children again") {
  Run run(T("Parallel", "'synchronise': false", {leaf("a", "SRS"), leaf("b", "RSS")}));
  CHECK(run.tick() == "RSR a+ b+");
  CHECK(run.tick() == "RRS a+ b");
  CHECK(run.tick() == "SSS a b+");
}

TEST_CASE("Parallel SuccessOnOne: one success interrupts the rest, a failure beats it") {
  const char* one = "'policy': 'SuccessOnOne'";
  Run wins(T("Parallel", one, {leaf("a", "RR"), leaf("b", "RS"), leaf("c", "RR")}));
  CHECK(wins.tick() == "RRRR a+ b+ c+");
  CHECK(wins.tick() == "S-S- a b c a! c!");
  Run loses(T("Parallel", one, {leaf("a", "S"), leaf("b", "F")}));
  CHECK(loses.tick() == "FSF a+ b+");
}

TEST_CASE("Parallel SuccessOnOne goes on while the rest is skipped and one runs") {
  Run run(T("Parallel", "'policy': 'SuccessOnOne'", {leaf("a", "K"), leaf("b", "RS")}));
  CHECK(run.tick() == "RKR a+ b+");
  CHECK(run.tick() == "SKS b");
}

TEST_CASE("Parallel SuccessOnSelected waits for those selected only") {
  const char* selected = "'policy': 'SuccessOnSelected', 'selected': [0, 2]";
  Run run(T("Parallel", selected, {leaf("a", "RS"), leaf("b", "RR"), leaf("c", "S")}));
  CHECK(run.tick() == "RRRS a+ b+ c+");
  CHECK(run.tick() == "SS-S a b b!");
}

TEST_CASE("Parallel SuccessOnSelected fails with any child and counts a skipped one as done") {
  const char* selected = "'policy': 'SuccessOnSelected', 'selected': [0, 1]";
  Run fails(T("Parallel", selected, {leaf("a", "S"), leaf("b", "S"), leaf("c", "F")}));
  CHECK(fails.tick() == "FSSF a+ b+ c+");
  Run skips(T("Parallel", selected, {leaf("a", "K"), leaf("b", "RS"), leaf("c", "RR")}));
  CHECK(skips.tick() == "RKRR a+ b+ c+");
  CHECK(skips.tick() == "SKS- b c c!");
}

TEST_CASE("Parallel Threshold: enough successes") {
  Run run(T("Parallel", threshold(2, 2), {leaf("a", "S"), leaf("b", "RS"), leaf("c", "RR")}));
  CHECK(run.tick() == "RSRR a+ b+ c+");
  CHECK(run.tick() == "SSS- b c c!");
}

TEST_CASE("Parallel Threshold: enough failures, which are decided first") {
  Run run(T("Parallel", threshold(1, 2), {leaf("a", "F"), leaf("b", "RF"), leaf("c", "RS")}));
  CHECK(run.tick() == "RFRR a+ b+ c+");
  CHECK(run.tick() == "FFFS b c");
}

TEST_CASE("Parallel Threshold fails as soon as success is out of reach") {
  Run run(T("Parallel", threshold(2, 3), {leaf("a", "R"), leaf("b", "F"), leaf("c", "F")}));
  CHECK(run.tick() == "F-FF a+ b+ c+ a!");
  Run reachable(T("Parallel", threshold(2, 3), {leaf("a", "R"), leaf("b", "R"), leaf("c", "F")}));
  CHECK(reachable.tick() == "RRRF a+ b+ c+");
  Run skipped(T("Parallel", threshold(2, 3), {leaf("a", "R"), leaf("b", "K"), leaf("c", "F")}));
  CHECK(skipped.tick() == "F-KF a+ b+ c+ a!");
}

TEST_CASE("Parallel Threshold -1 means all; all that chose to run, for successes") {
  Run run(T("Parallel", threshold(-1, -1), {leaf("a", "FF"), leaf("b", "FF")}));
  CHECK(run.tick() == "FFF a+ b+");
  Run skips(T("Parallel", threshold(-1, -1), {leaf("a", "K"), leaf("b", "S")}));
  CHECK(skips.tick() == "SKS a+ b+");
  Run one_failed(T("Parallel", threshold(-1, -1), {leaf("a", "F"), leaf("b", "R")}));
  CHECK(one_failed.tick() == "FF- a+ b+ b!");
}

TEST_CASE("Parallel of which all children are skipped is skipped") {
  for (const char* policy : {"SuccessOnAll", "SuccessOnOne", "Threshold"}) {
    Run run(
        T("Parallel", std::string("'policy': '") + policy + "'", {leaf("a", "K"), leaf("b", "K")}));
    CHECK(run.tick() == "KKK a+ b+");
  }
}

TEST_CASE("Parallel that synchronises leaves a skipped and a failed child alone too") {
  Run run(T("Parallel", threshold(-1, 2), {leaf("a", "K"), leaf("b", "F"), leaf("c", "R")}));
  CHECK(run.tick() == "FKF- a+ b+ c+ c!");
  Run tolerant(T("Parallel", threshold(1, 2), {leaf("a", "K"), leaf("b", "F"), leaf("c", "RS")}));
  CHECK(tolerant.tick() == "RKFR a+ b+ c+");
  CHECK(tolerant.tick() == "SKFS c");
}

TEST_CASE("Parallel interrupted by its parent halts what runs, in order") {
  Run run(T("Selector",
            {leaf("a", "FS"), T("Parallel", {leaf("b", "R"), leaf("c", "S"), leaf("d", "R")})}));
  CHECK(run.tick() == "RFRRSR a+ b+ c+ d+");
  CHECK(run.tick() == "SS---- a+ b! d!");
}
