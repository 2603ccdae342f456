#include "fixture.h"

using fixture::leaf;
using fixture::Run;
using fixture::T;

TEST_CASE("IfThenElse decides once, then stays with the branch") {
  Run run(T("IfThenElse", {leaf("if", "SF"), leaf("then", "RRS"), leaf("else", "RF")}));
  CHECK(run.tick() == "RSR- if+ then+");
  CHECK(run.tick() == "RSR- then");
  CHECK(run.tick() == "SSS- then");
  CHECK(run.tick() == "RF-R if+ else+");
  CHECK(run.tick() == "FF-F else");
}

TEST_CASE("IfThenElse waits for a condition that runs, and skips to the third child otherwise") {
  Run run(T("IfThenElse", {leaf("if", "RSRK"), leaf("then", "S"), leaf("else", "S")}));
  CHECK(run.tick() == "RR-- if+");
  CHECK(run.tick() == "SSS- if then+");
  CHECK(run.tick() == "RR-- if+");
  CHECK(run.tick() == "SK-S if else+");
}

TEST_CASE("IfThenElse of two children fails when the condition does") {
  Run run(T("IfThenElse", {leaf("if", "FKS"), leaf("then", "K")}));
  CHECK(run.tick() == "FF- if+");
  CHECK(run.tick() == "FK- if+");
  CHECK(run.tick() == "KSK if+ then+");
}

TEST_CASE("IfThenElse that was interrupted decides anew") {
  Run run(T("Selector", {leaf("a", "FSF"), T("IfThenElse", {leaf("if", "SF"), leaf("then", "R"),
                                                            leaf("else", "R")})}));
  CHECK(run.tick() == "RFRSR- a+ if+ then+");
  CHECK(run.tick() == "SS---- a+ then!");
  CHECK(run.tick() == "RFRF-R a+ if+ else+");
}

TEST_CASE("IfThenElse finds its branches by subtrees, not by nodes") {
  Run run(T("IfThenElse", {T("Inverter", {leaf("if", "FS")}), T("Inverter", {leaf("then", "F")}),
                           T("Inverter", {leaf("else", "F")})}));
  CHECK(run.tick() == "SSFSF-- if+ then+");
  CHECK(run.tick() == "SFS--SF if+ else+");
}

TEST_CASE("WhileDoElse asks its condition every tick and interrupts the branch it leaves") {
  Run run(T("WhileDoElse", {leaf("while", "SSFFS"), leaf("do", "RRR"), leaf("else", "RR")}));
  CHECK(run.tick() == "RSR- while+ do+");
  CHECK(run.tick() == "RSR- while+ do");
  CHECK(run.tick() == "RF-R while+ do! else+");
  CHECK(run.tick() == "RF-R while+ else");
  CHECK(run.tick() == "RSR- while+ else! do+");
}

TEST_CASE("WhileDoElse leaves its branches alone while the condition runs") {
  Run run(T("WhileDoElse", {leaf("while", "SRSRF"), leaf("do", "RR"), leaf("else", "S")}));
  CHECK(run.tick() == "RSR- while+ do+");
  CHECK(run.tick() == "RRR- while+");
  CHECK(run.tick() == "RSR- while do");
  CHECK(run.tick() == "RRR- while+");
  CHECK(run.tick() == "SF-S while do! else+");
}

TEST_CASE("WhileDoElse of two children fails when the condition does, and answers as its branch") {
  Run run(T("WhileDoElse", {leaf("while", "SFSSK"), leaf("do", "RSF")}));
  CHECK(run.tick() == "RSR while+ do+");
  CHECK(run.tick() == "FF- while+ do!");
  CHECK(run.tick() == "SSS while+ do+");
  CHECK(run.tick() == "FSF while+ do+");
  CHECK(run.tick() == "FK- while+");
}

TEST_CASE("WhileDoElse resets its children at a new start") {
  Run run(T("WhileDoElse", {leaf("while", "SR"), leaf("do", "S"), leaf("else", "")}));
  CHECK(run.tick() == "SSS- while+ do+");
  CHECK(run.tick() == "RR-- while+");
}

TEST_CASE("Switch ticks the child of the first equal case") {
  Run run(T("Switch", "'expression': 'x', 'cases': [1, 'a', 1]",
            {leaf("one", "SF"), leaf("a", "S"), leaf("again", "")}));
  CHECK(run.with("x", "1.0").tick() == "SS-- one+");
  CHECK(run.with("x", "'a'").tick() == "S-S- a+");
  CHECK(run.with("x", "1").tick() == "FF-- one+");
}

TEST_CASE("Switch without a match takes the default, and fails without one") {
  Run with_default(
      T("Switch", "'expression': 'x', 'cases': [1]", {leaf("one", "R"), leaf("other", "R")}));
  CHECK(with_default.with("x", "2").tick() == "R-R other+");
  CHECK(with_default.with("x", "1").tick() == "RR- other! one+");
  Run without(
      T("Switch", "'expression': 'x', 'cases': [1, 2]", {leaf("one", "R"), leaf("two", "RR")}));
  CHECK(without.with("x", "2").tick() == "R-R two+");
  CHECK(without.with("x", "3").tick() == "F-- two!");
  CHECK(without.errors().empty());
  CHECK(without.with("x", "2").tick() == "R-R two+");
}

TEST_CASE("Switch goes on with its child while the match stays, and resets the others") {
  Run run(T("Switch", "'variable': 'x', 'cases': [1, 2, 3]",
            {leaf("one", "R"), leaf("two", "RRR"), leaf("three", "R")}));
  CHECK(run.with("x", "2").tick() == "R-R- two+");
  CHECK(run.tick() == "R-R- two");
  CHECK(run.with("x", "3").tick() == "R--R two! three+");
  CHECK(run.with("x", "1").tick() == "RR-- three! one+");
}

TEST_CASE("Switch fails with an error when its value cannot be computed") {
  Run run(
      T("Switch", "'expression': '1 // x', 'cases': [1]", {leaf("one", "RR"), leaf("other", "")}));
  CHECK(run.tick() == "F--");
  CHECK(run.errors() == "Switch0:missing");
  CHECK(run.with("x", "1").tick() == "RR- one+");
  CHECK(run.with("x", "0").tick() == "F-- one!");
  CHECK(run.errors() == "Switch0:zero_division");
}

TEST_CASE("Switch resets its children at a new start") {
  Run run(T("Switch", "'expression': 'x', 'cases': [1, 2]", {leaf("one", "S"), leaf("two", "S")}));
  CHECK(run.with("x", "1").tick() == "SS- one+");
  CHECK(run.with("x", "2").tick() == "S-S two+");
}
