#include "fixture.h"

using fixture::declared;
using fixture::leaf;
using fixture::Run;
using fixture::T;
using pyforest::SlotType;

TEST_CASE("Success, Failure, Running and Placeholder answer what they are") {
  CHECK(Run(T("Success")).tick() == "S");
  CHECK(Run(T("Failure")).tick() == "F");
  CHECK(Run(T("Running")).tick() == "R");
  CHECK(Run(T("Placeholder")).tick() == "F");
  CHECK(Run(T("Placeholder", "'status': 'RUNNING'")).tick() == "R");
  CHECK(Run(T("Placeholder", "'status': 'SKIPPED'")).tick() == "K");
}

TEST_CASE("SetBlackboardVariable stores a value or what an expression gives") {
  Run value(T("SetBlackboardVariable", "'variable': 'x', 'value': {'a': [1]}"));
  CHECK(value.tick() == "S");
  CHECK(value.value("x") == "{\"a\":[1]}");
  CHECK(value.written() == "x");
  CHECK(value.tick() == "S");
  CHECK(value.written().empty());
  Run null(T("SetBlackboardVariable", "'variable': 'x', 'value': null"));
  CHECK(null.tick() == "S");
  CHECK(null.value("x") == "null");
  Run sum(T("SetBlackboardVariable", "'variable': 'x', 'expression': 'x + 1'"));
  CHECK(sum.with("x", "1").tick() == "S");
  CHECK(sum.value("x") == "2");
  CHECK(sum.tick() == "S");
  CHECK(sum.value("x") == "3");
}

TEST_CASE("SetBlackboardVariable without overwrite fails where there is a value, null included") {
  Run run(T("SetBlackboardVariable", "'variable': 'x', 'value': 1, 'overwrite': false"));
  CHECK(run.with("x", "null").tick() == "F");
  CHECK(run.value("x") == "null");
  CHECK(run.errors().empty());
  CHECK(run.with("x", nullptr).tick() == "S");
  CHECK(run.value("x") == "1");
  CHECK(run.tick() == "F");
}

TEST_CASE("SetBlackboardVariable fails with an error when there is nothing fit to store") {
  Run missing(T("SetBlackboardVariable", "'variable': 'x', 'expression': 'y'").named("set"));
  CHECK(missing.tick() == "F");
  CHECK(missing.errors() == "set:missing");
  CHECK(missing.value("x") == "unset");
  Run misfit(T("SetBlackboardVariable", "'variable': 'x', 'expression': 'y'").named("set"),
             {.declared = {declared("x", SlotType::kInt, "0")}});
  CHECK(misfit.with("y", "1.5").tick() == "F");
  CHECK(misfit.errors() == "set:refused_write");
  CHECK(misfit.value("x") == "0");
  CHECK(misfit.with("y", "2").tick() == "S");
}

TEST_CASE("a constant takes the type of its key when it is compiled") {
  Run run(T("SetBlackboardVariable", "'variable': 'x', 'value': 2"),
          {.declared = {declared("x", SlotType::kFloat)}});
  CHECK(run.tick() == "S");
  CHECK(run.state().slots()[0].is_float());
  CHECK(fixture::refusal(T("SetBlackboardVariable", "'variable': 'x', 'value': 'two'"),
                         {.declared = {declared("x", SlotType::kFloat)}}) != "not refused");
}

TEST_CASE("UnsetBlackboardVariable removes a key and succeeds either way") {
  Run run(T("UnsetBlackboardVariable", "'variable': 'x'"),
          {.declared = {declared("x", SlotType::kInt, "5")}});
  CHECK(run.value("x") == "5");
  CHECK(run.tick() == "S");
  CHECK(run.value("x") == "unset");
  CHECK(run.written() == "x");
  CHECK(run.tick() == "S");
  CHECK(run.written().empty());
}

TEST_CASE("Script carries out its assignments in order; those before a failure stand") {
  Run run(T("Script", "'script': 'a = n; b = a + 1; c = b // m; d = 9'"));
  CHECK(run.with("n", "1").with("m", "0").tick() == "F");
  CHECK(run.errors() == "Script0:zero_division");
  CHECK(run.value("a") == "1");
  CHECK(run.value("b") == "2");
  CHECK(run.value("c") == "unset");
  CHECK(run.value("d") == "unset");
  CHECK(run.with("m", "2").tick() == "S");
  CHECK(run.value("c") == "1");
  CHECK(run.value("d") == "9");
}

TEST_CASE("Script stops at a write that does not fit") {
  Run run(T("Script", "'script': 'a = 1; b = 2.5; c = 3'"),
          {.declared = {declared("b", SlotType::kInt)}});
  CHECK(run.tick() == "F");
  CHECK(run.errors() == "Script0:refused_write");
  CHECK(run.value("a") == "1");
  CHECK(run.value("b") == "unset");
  CHECK(run.value("c") == "unset");
}

TEST_CASE("Condition tells true from false; what cannot be computed fails with an error") {
  Run run(T("Condition", "'expression': 'n > 3'"));
  CHECK(run.tick() == "F");
  CHECK(run.errors() == "Condition0:missing");
  CHECK(run.with("n", "4").tick() == "S");
  CHECK(run.with("n", "3.5").tick() == "S");
  CHECK(run.with("n", "3").tick() == "F");
  CHECK(run.with("n", "true").tick() == "F");
  CHECK(run.errors().empty());
  CHECK(run.with("n", "'4'").tick() == "F");
  CHECK(run.errors() == "Condition0:type");
}

TEST_CASE("every comparison of a key with a number takes the short way and is right") {
  struct Row {
    const char* op;
    const char* less;
    const char* equal;
    const char* more;
  };
  for (const Row& row :
       {Row{"<", "S", "F", "F"}, Row{"<=", "S", "S", "F"}, Row{">", "F", "F", "S"},
        Row{">=", "F", "S", "S"}, Row{"==", "F", "S", "F"}, Row{"!=", "S", "F", "S"}}) {
    Run run(T("Condition", std::string("'expression': 'n ") + row.op + " 10'"));
    CHECK((run.program().nodes[0].flags & pyforest::kInlineFlag) != 0);
    CHECK(run.with("n", "9").tick() == row.less);
    CHECK(run.with("n", "9.5").tick() == row.less);
    CHECK(run.with("n", "10").tick() == row.equal);
    CHECK(run.with("n", "10.0").tick() == row.equal);
    CHECK(run.with("n", "11").tick() == row.more);
    // Beyond 2^53 a double cannot tell neighbours apart.
    CHECK(run.with("n", "9223372036854775807").tick() == row.more);
    CHECK(run.with("n", "-9223372036854775808").tick() == row.less);
  }
}

TEST_CASE("integers beyond 2^53 are compared exactly") {
  Run run(T("Condition", "'expression': 'n > 9007199254740992'"));
  CHECK(run.with("n", "9007199254740992").tick() == "F");
  CHECK(run.with("n", "9007199254740993").tick() == "S");
  Run far(T("CheckBlackboardCondition",
            "'variable': 'n', 'operator_str': '==', 'value': 9007199254740993"));
  CHECK(far.with("n", "9007199254740992").tick() == "F");
  CHECK(far.with("n", "9007199254740993").tick() == "S");
  Run least(T("CheckBlackboardCondition",
              "'variable': 'n', 'operator_str': '>', 'value': -9223372036854775808"));
  CHECK(least.with("n", "-9223372036854775808").tick() == "F");
  CHECK(least.with("n", "-9223372036854775807").tick() == "S");
}

TEST_CASE("CheckBlackboardCondition compares; an unset key fails it without an error") {
  Run run(
      T("CheckBlackboardCondition", "'variable': 'x', 'operator_str': 'in', 'value': ['a', 1]"));
  CHECK(run.tick() == "F");
  CHECK(run.errors().empty());
  CHECK(run.with("x", "'a'").tick() == "S");
  CHECK(run.with("x", "1.0").tick() == "S");
  CHECK(run.with("x", "'b'").tick() == "F");
  Run right(T("CheckBlackboardCondition",
              "'variable': 'x', 'operator_str': '<', 'expression': 'limit * 2'"));
  CHECK(right.with("x", "3").tick() == "F");
  CHECK(right.errors().empty());
  CHECK(right.with("limit", "2").tick() == "S");
  CHECK(right.with("x", "4").tick() == "F");
  CHECK(right.with("x", "'4'").tick() == "F");
  CHECK(right.errors() == "CheckBlackboardCondition0:type");
}

TEST_CASE("WaitForBlackboardCondition runs until the comparison holds") {
  Run run(T("WaitForBlackboardCondition", "'variable': 'x', 'operator_str': '==', 'value': 'go'"));
  CHECK(run.tick() == "R");
  CHECK(run.with("x", "'stop'").tick() == "R");
  CHECK(run.errors().empty());
  CHECK(run.with("x", "'go'").tick() == "S");
  CHECK(run.with("x", "1").tick() == "R");
}

TEST_CASE("Probability draws once a tick from its own stream") {
  // draw(0, "dice", 0..3) = 0.694, 0.612, 0.241, 0.559
  Run run(T("Probability", "'probability': 0.6").named("dice"));
  CHECK(run.tick() == "F");
  CHECK(run.tick() == "F");
  CHECK(run.tick() == "S");
  CHECK(run.tick() == "S");
  // A draw that equals the probability is one too many: 0 never succeeds.
  Run equal(T("Probability", "'probability': 0.694150134553898").named("dice"));
  CHECK(equal.tick() == "F");
  Run never(T("Probability", "'probability': 0"));
  Run always(T("Probability", "'probability': 1"));
  for (int i = 0; i < 100; ++i) {
    REQUIRE(never.tick() == "F");
    REQUIRE(always.tick() == "S");
  }
}

TEST_CASE("StatusQueue answers from its list, then the last for ever or from the start again") {
  Run ends(T("StatusQueue", "'queue': ['RUNNING', 'SKIPPED'], 'eventually': 'FAILURE'"));
  CHECK(ends.tick() == "R");
  CHECK(ends.tick() == "K");
  CHECK(ends.tick() == "F");
  CHECK(ends.tick() == "F");
  Run cycles(T("StatusQueue", "'queue': ['RUNNING', 'SUCCESS']"));
  CHECK(cycles.tick() == "R");
  CHECK(cycles.tick() == "S");
  CHECK(cycles.tick() == "R");
  CHECK(cycles.halt() == "-");
  // The place in the list survives resets.
  CHECK(cycles.tick() == "S");
}

TEST_CASE("TickCounter runs for its ticks and begins to count at each start") {
  Run run(T("TickCounter", "'duration': 2, 'completion_status': 'FAILURE'"));
  for (int round = 0; round < 2; ++round) {
    CHECK(run.tick() == "R");
    CHECK(run.tick() == "R");
    CHECK(run.tick() == "F");
  }
  CHECK(run.tick() == "R");
  CHECK(run.halt() == "-");
  CHECK(run.tick() == "R");
  CHECK(run.tick() == "R");
  CHECK(run.tick() == "F");
  CHECK(Run(T("TickCounter", "'duration': 0")).tick() == "S");
}

TEST_CASE("Log hands its message over, with values for names in braces") {
  Run run(T("Log", "'message': 'n={n}, s={s}, o={o.a-b} {} {1} {n'"));
  CHECK(run.with("n", "1.5").with("s", "'text'").with("o.a-b", "['x']").tick() == "S");
  CHECK(run.logs() == "n=1.5, s=text, o=['x'] {} {1} {n");
  CHECK(run.with("n", nullptr).tick() == "S");
  CHECK(run.logs().substr(0, 4) != "n=1.");
}

TEST_CASE("DecisionTable takes the first row that holds") {
  Run run(
      T("DecisionTable",
        "'rows': [{'when': 'n > 10', 'outputs': {'size': 'big', 'next': {'expression': 'n * 2'}}},"
        " {'when': {'n': 3, 'm': 1}, 'outputs': {'size': 'odd'}},"
        " {'when': 'n > 1', 'outputs': {'size': 'small'}}]"));
  CHECK(run.with("n", "11").with("m", "1").tick() == "S");
  CHECK(run.value("size") == "\"big\"");
  CHECK(run.value("next") == "22");
  CHECK(run.with("n", "3").tick() == "S");
  CHECK(run.value("size") == "\"odd\"");
  CHECK(run.with("m", "2").tick() == "S");
  CHECK(run.value("size") == "\"small\"");
  CHECK(run.with("n", "1").tick() == "F");
  CHECK(run.errors().empty());
  CHECK(run.value("size") == "\"small\"");
}

TEST_CASE("DecisionTable without a row that holds takes the default") {
  Run run(
      T("DecisionTable", "'rows': [{'when': 'n > 10', 'outputs': {'x': 1}}], 'default': {'x': 0}"));
  CHECK(run.with("n", "1").tick() == "S");
  CHECK(run.value("x") == "0");
  CHECK(run.with("n", "11").tick() == "S");
  CHECK(run.value("x") == "1");
}

TEST_CASE("DecisionTable collects the outputs of all rows that hold, each key in a list") {
  Run run(T("DecisionTable",
            "'hit': 'collect', 'default': {'tags': 'none'}, 'rows': ["
            "{'when': 'n > 10', 'outputs': {'tags': 'big', 'sum': {'expression': 'n'}}},"
            "{'when': 'n > 1', 'outputs': {'tags': 'many'}},"
            "{'when': 'n > 100', 'outputs': {'tags': 'huge'}},"
            "{'outputs': {'tags': 'all', 'sum': 1}}]"));
  CHECK(run.with("n", "50").tick() == "S");
  CHECK(run.value("tags") == "[\"big\",\"many\",\"all\"]");
  CHECK(run.value("sum") == "[50,1]");
  CHECK(run.with("n", "0").tick() == "S");
  CHECK(run.value("tags") == "[\"all\"]");
  Run none(
      T("DecisionTable",
        "'hit': 'collect', 'default': {'x': 0}, 'rows': [{'when': 'n > 1', 'outputs': {'x': 1}}]"));
  CHECK(none.with("n", "0").tick() == "S");
  CHECK(none.value("x") == "0");
}

TEST_CASE("DecisionTable fails with an error where it cannot compute or write") {
  Run when(T("DecisionTable", "'rows': [{'when': {'n': 1}, 'outputs': {}}, {'outputs': {}}]")
               .named("t"));
  CHECK(when.tick() == "F");
  CHECK(when.errors() == "t:missing");
  Run first(
      T("DecisionTable", "'rows': [{'outputs': {'x': 1, 'y': {'expression': '1 // n'}, 'z': 2}}]")
          .named("t"));
  CHECK(first.with("n", "0").tick() == "F");
  CHECK(first.errors() == "t:zero_division");
  CHECK(first.value("x") == "1");
  CHECK(first.value("z") == "unset");
  Run collect(T("DecisionTable",
                "'hit': 'collect', 'rows': [{'outputs': {'x': 1, 'y': {'expression': '1 // n'}}}]")
                  .named("t"));
  CHECK(collect.with("n", "0").tick() == "F");
  CHECK(collect.errors() == "t:zero_division");
  CHECK(collect.value("x") == "unset");
  Run misfit(T("DecisionTable", "'rows': [{'outputs': {'x': {'expression': 'n'}}}]").named("t"),
             {.declared = {declared("x", SlotType::kInt)}});
  CHECK(misfit.with("n", "'text'").tick() == "F");
  CHECK(misfit.errors() == "t:refused_write");
  Run list(T("DecisionTable", "'hit': 'collect', 'rows': [{'outputs': {'x': 1}}]").named("t"),
           {.declared = {declared("x", SlotType::kInt)}});
  CHECK(list.tick() == "F");
  CHECK(list.errors() == "t:refused_write");
}

TEST_CASE("DecisionTable: a later output of a row sees the ones before it") {
  Run run(T("DecisionTable", "'rows': [{'outputs': {'x': 2, 'y': {'expression': 'x * 2'}}}]"));
  CHECK(run.tick() == "S");
  CHECK(run.value("y") == "4");
}

TEST_CASE("DecisionTable that collects its own output stops growing at 64 levels") {
  Run run(T("DecisionTable", "'hit': 'collect', 'rows': [{'outputs': {'x': {'expression': 'x'}}}]")
              .named("t"));
  CHECK(run.with("x", "1").tick() == "S");
  CHECK(run.value("x") == "[1]");
  for (int level = 2; level <= 64; ++level) CHECK(run.tick() == "S");
  CHECK(run.value("x") == std::string(64, '[') + "1" + std::string(64, ']'));
  CHECK(run.tick() == "F");
  CHECK(run.errors() == "t:limit");
  CHECK(run.value("x") == std::string(64, '[') + "1" + std::string(64, ']'));
  // Objects inside count as levels too.
  std::string objects = "1";
  for (int level = 0; level < 62; ++level) objects = "{'k': " + objects + "}";
  CHECK(run.with("x", objects.c_str()).tick() == "S");
  CHECK(run.tick() == "S");
  CHECK(run.tick() == "F");
}

TEST_CASE("DecisionTable that doubles its own output stops at 100,000 items or 1 MiB of text") {
  const char* doubles =
      "'hit': 'collect', 'rows': [{'outputs': {'x': {'expression': 'x'}}},"
      "{'outputs': {'x': {'expression': 'x'}}}]";
  auto ticks_until_limit = [&](const char* start) {
    Run run(T("DecisionTable", doubles).named("t"));
    run.with("x", start);
    int ticks = 0;
    while (run.tick() == "S") REQUIRE(++ticks < 64);
    CHECK(run.errors() == "t:limit");
    return ticks;
  };
  // 2 + 4 + ... + 2^n items: 65,534 for 15 levels, more than 100,000 for 16.
  CHECK(ticks_until_limit("1") == 15);
  CHECK(ticks_until_limit("{'k': 1}") == 15);
  CHECK(ticks_until_limit("{'k': 1, 'l': 2}") == 14);
  CHECK(ticks_until_limit("{'0123456789012345678901234567890123456789': 1}") == 14);
  const std::string long_text = "'" + std::string(std::size_t{1} << 18, 'x') + "'";
  CHECK(ticks_until_limit(long_text.c_str()) == 2);
}

TEST_CASE("Log cuts a message of more than 1 MiB between characters") {
  Run run(T("Log", "'message': '{a}{a}{b}{a}'"));
  const std::string half(std::size_t{1} << 19, 'x');
  run.with("a", ("'" + half + "'").c_str()).with("b", "''");
  CHECK(run.tick() == "S");
  CHECK(run.logs().size() == std::size_t{1} << 20);
  CHECK(run.with("b", "'yz'").tick() == "S");
  CHECK(run.logs().size() == std::size_t{1} << 20);
  CHECK(run.with("a", ("'" + half.substr(1) + "'").c_str()).with("b", "'y\xC3\xA4z'").tick() ==
        "S");
  CHECK(run.logs().size() == (std::size_t{1} << 20) - 1);
  CHECK(run.logs().back() == 'y');
}
