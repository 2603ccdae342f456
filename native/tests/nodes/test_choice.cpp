#include "fixture.h"
#include "pyforest/random.h"

using fixture::leaf;
using fixture::Run;
using fixture::Setting;
using fixture::T;
using fixture::Tree;

namespace {

Setting seeded(std::uint64_t seed) {
  Setting out;
  out.seed = seed;
  return out;
}

Tree scored(std::string config, std::vector<Tree> children) {
  return T("UtilitySelector", "'scores': ['x', 'y', 'z'], " + config, std::move(children));
}

}  // namespace

TEST_CASE("the random streams are part of the record format and never change") {
  CHECK(pyforest::mix64(0) == 0xE220A8397B1DCDAFULL);
  CHECK(pyforest::hash_text("") == 0xC3817C016BA4FF30ULL);
  CHECK(pyforest::hash_text("a") == 0x5F29C2AADD9B8527ULL);
  const std::uint64_t dice = pyforest::hash_text("dice");
  CHECK(pyforest::draw(0, dice, 0) == 0.694150134553898);
  CHECK(pyforest::draw(0, dice, 1) == 0.6116562122577236);
  CHECK(pyforest::draw(1, dice, 2) == 0.019467869652552094);
  CHECK(pyforest::draw(42, dice, 3) == 0.7333687261026883);
}

TEST_CASE("draws are spread over [0, 1)") {
  int low = 0;
  for (std::uint64_t i = 0; i < 10'000; ++i) {
    const double u = pyforest::draw(7, 1, i);
    REQUIRE(u >= 0.0);
    REQUIRE(u < 1.0);
    low += u < 0.25 ? 1 : 0;
  }
  CHECK(low > 2'350);
  CHECK(low < 2'650);
}

TEST_CASE("RandomSelector draws its order at each start and keeps it while it runs") {
  // With seed 1 the orders of `pick` are 2 0 1 and 0 2 1.
  Run run(T("RandomSelector", {leaf("a", "SF"), leaf("b", "F"), leaf("c", "RFF")}).named("pick"),
          seeded(1));
  CHECK(run.tick() == "R--R c+");
  CHECK(run.tick() == "SS-F c a+");
  CHECK(run.tick() == "FFFF a+ c+ b+");
}

TEST_CASE("RandomSelector fails with all, is skipped with all, and fails with none") {
  Run run(T("RandomSelector", {leaf("a", "KKF"), leaf("b", "KFF")}));
  CHECK(run.tick().substr(0, 3) == "KKK");
  CHECK(run.tick().substr(0, 3) == "FKF");
  CHECK(run.tick().substr(0, 3) == "FFF");
  CHECK(Run(T("RandomSelector")).tick() == "F");
}

TEST_CASE("RandomSelector that has gone past its first child is not skipped any more") {
  Run run(T("RandomSelector", {leaf("a", "K"), leaf("b", "K"), leaf("c", "RK")}).named("pick"),
          seeded(1));
  CHECK(run.tick() == "R--R c+");
  CHECK(run.tick() == "KKKK c a+ b+");
  Run later(T("RandomSelector", {leaf("a", "RK"), leaf("b", "K"), leaf("c", "K")}).named("pick"),
            seeded(1));
  CHECK(later.tick() == "RR-K c+ a+");
  CHECK(later.tick() == "FKKK a b+");
}

TEST_CASE("RandomSequence goes on while children succeed") {
  Run run(T("RandomSequence", {leaf("a", "RSF"), leaf("b", "S"), leaf("c", "S")}).named("pick"),
          seeded(1));
  CHECK(run.tick() == "RR-S c+ a+");
  CHECK(run.tick() == "SSSS a b+");
  CHECK(run.tick() == "FF-- a+");
  CHECK(Run(T("RandomSequence")).tick() == "S");
}

TEST_CASE("RandomSequence passes over skipped children and is skipped with all") {
  Run run(T("RandomSequence", {leaf("a", "KK"), leaf("b", "KS")}));
  CHECK(run.tick().substr(0, 3) == "KKK");
  CHECK(run.tick().substr(0, 3) == "SKS");
}

TEST_CASE("weights make a child likelier to be early, and zero puts it last") {
  // With seed 3 the orders of `pick` under these weights are 2 1 0, 1 2 0.
  Run run(T("RandomSelector", "'weights': [0, 1, 9]",
            {leaf("a", "SS"), leaf("b", "FF"), leaf("c", "FF")})
              .named("pick"),
          seeded(3));
  CHECK(run.tick() == "SSFF c+ b+ a+");
  CHECK(run.tick() == "SSFF b+ c+ a+");
  int heavy_first = 0;
  for (std::uint64_t seed = 0; seed < 1'000; ++seed) {
    Run once(T("RandomSelector", "'weights': [1, 9]", {T("Running"), T("Running")}), seeded(seed));
    heavy_first += once.tick() == "R-R" ? 1 : 0;
  }
  CHECK(heavy_first > 860);
  CHECK(heavy_first < 940);
}

TEST_CASE("equal chances without weights, from another stream for each node and seed") {
  int first = 0;
  for (std::uint64_t seed = 0; seed < 1'000; ++seed) {
    Run once(T("RandomSelector", {T("Running"), T("Running")}), seeded(seed));
    first += once.tick() == "RR-" ? 1 : 0;
  }
  CHECK(first > 440);
  CHECK(first < 560);
}

TEST_CASE("UtilitySelector tries its children by falling score, equals in order") {
  Run run(scored("'memory': false", {leaf("a", "FF"), leaf("b", "FS"), leaf("c", "F")}));
  run.with("x", "1").with("y", "2.5").with("z", "1");
  CHECK(run.tick() == "FFFF b+ a+ c+");
  run.with("z", "0");
  CHECK(run.tick() == "S-S- b+");
}

TEST_CASE("UtilitySelector without memory scores every tick; the better child takes over") {
  Run run(scored("'memory': false", {leaf("a", "R"), leaf("b", "RS"), leaf("c", "R")}));
  run.with("x", "3").with("y", "2").with("z", "1");
  CHECK(run.tick() == "RR-- a+");
  CHECK(run.with("y", "9").tick() == "R-R- b+ a!");
  CHECK(run.with("z", "10").tick() == "R--R c+ b!");
  CHECK(run.with("y", "11").tick() == "S-S- b+ c!");
}

TEST_CASE("UtilitySelector: a better child that fails does not interrupt the one that runs") {
  Run run(scored("'memory': false", {leaf("a", "RRF"), leaf("b", "FK"), leaf("c", "F")}));
  run.with("x", "3").with("y", "2").with("z", "1");
  CHECK(run.tick() == "RR-- a+");
  CHECK(run.with("y", "9").tick() == "RRF- b+ a");
  CHECK(run.tick() == "FFKF b+ a c+");
}

TEST_CASE("UtilitySelector with memory scores at its start only") {
  Run run(scored("'memory': true", {leaf("a", "RF"), leaf("b", "RS"), leaf("c", "")}));
  run.with("x", "3").with("y", "2").with("z", "1");
  CHECK(run.tick() == "RR-- a+");
  CHECK(run.with("z", "9").tick() == "RFR- a b+");
  CHECK(run.tick() == "SFS- b");
}

TEST_CASE("UtilitySelector is skipped with all, unless memory has gone past its first child") {
  Run run(scored("'memory': false", {leaf("a", "KK"), leaf("b", "KK"), leaf("c", "KF")}));
  run.with("x", "3").with("y", "2").with("z", "1");
  CHECK(run.tick() == "KKKK a+ b+ c+");
  CHECK(run.tick() == "FKKF a+ b+ c+");
  Run memory(scored("'memory': true", {leaf("a", "K"), leaf("b", "RK"), leaf("c", "K")}));
  memory.with("x", "3").with("y", "2").with("z", "1");
  CHECK(memory.tick() == "RKR- a+ b+");
  CHECK(memory.tick() == "FKKK b c+");
  CHECK(Run(T("UtilitySelector", "'scores': []")).tick() == "F");
}

TEST_CASE("UtilitySelector whose score is no number fails with an error and interrupts") {
  Run run(scored("'memory': false", {leaf("a", "RR"), leaf("b", ""), leaf("c", "")}));
  CHECK(run.tick() == "F---");
  CHECK(run.errors() == "UtilitySelector0:missing");
  run.with("x", "3").with("y", "true").with("z", "1");
  CHECK(run.tick() == "RR-- a+");
  CHECK(run.with("y", "'high'").tick() == "F--- a!");
  CHECK(run.errors() == "UtilitySelector0:type");
  CHECK(run.with("y", "0").tick() == "RR-- a+");
  CHECK(run.with("z", nullptr).tick() == "F--- a!");
  CHECK(run.errors() == "UtilitySelector0:missing");
}

TEST_CASE("a choice inside a choice keeps its own order") {
  Run run(T("UtilitySelector", "'scores': [1, 2]",
            {leaf("a", "S"), T("UtilitySelector", "'scores': [1, 2, 3]",
                               {leaf("b", "F"), leaf("c", "F"), leaf("d", "F")})}));
  CHECK(run.tick() == "SSFFFF d+ c+ b+ a+");
}
