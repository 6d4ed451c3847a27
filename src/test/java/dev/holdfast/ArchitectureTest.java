package dev.holdfast;

import java.util.concurrent.ExecutorService;

import com.tngtech.archunit.core.domain.JavaAccess;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.lang.ArchRule;
import dev.holdfast.process.Attempt;
import dev.holdfast.process.DeliveryHandler;
import dev.holdfast.process.Outcome;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.services.s3.S3Client;

import org.springframework.context.annotation.Bean;

import static com.tngtech.archunit.base.DescribedPredicate.describe;
import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.assignableTo;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.belongToAnyOf;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.methods;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

/// The arrows between the packages, each with its reason.
class ArchitectureTest {

	private static final JavaClasses MAIN = new ClassFileImporter()
		.withImportOption(new ImportOption.DoNotIncludeTests())
		.importPackages("dev.holdfast");

	@Test
	void readsTheClassFilesOfThisJavaRelease() {
		assertThat(MAIN.contain("dev.holdfast.process.Verdict$GoesOn")).isTrue();
		assertThat(MAIN.get("dev.holdfast.process.Verdict").getDirectDependenciesFromSelf()).isNotEmpty();
	}

	@Test
	void deliveryNeedsTheJdkAlone() {
		check(classes().that()
			.resideInAPackage("dev.holdfast.delivery")
			.should()
			.onlyDependOnClassesThat()
			.resideInAnyPackage("dev.holdfast.delivery", "java..", "org.jspecify.annotations")
			.because("what a delivery is outlives every framework that carries it"));
	}

	@Test
	void scheduleAndTelemetryNeedNoFeature() {
		check(classes().that()
			.resideInAnyPackage("dev.holdfast.schedule", "dev.holdfast.telemetry")
			.should()
			.onlyDependOnClassesThat(not(resideInAPackage("dev.holdfast.."))
				.or(resideInAnyPackage("dev.holdfast.schedule", "dev.holdfast.telemetry")))
			.because("everything uses them, so what they used would be used by everything"));
	}

	@Test
	void nothingPointsAtReceive() {
		check(noClasses().that()
			.resideOutsideOfPackage("dev.holdfast.receive")
			.should()
			.dependOnClassesThat()
			.resideInAPackage("dev.holdfast.receive")
			.because("the edge may be replaced or scaled apart without a change elsewhere"));
	}

	@Test
	void receivingKnowsNeitherRedisNorProcessing() {
		check(noClasses().that()
			.resideInAnyPackage("dev.holdfast.receive", "dev.holdfast.buffer")
			.should()
			.dependOnClassesThat()
			.resideInAnyPackage("dev.holdfast.ledger", "dev.holdfast.process", "dev.holdfast.destination",
					"dev.holdfast.deadletter", "dev.holdfast.operate")
			.because("a delivery is acknowledged without Redis, whatever processing does"));
	}

	@Test
	void theLedgerKnowsNeitherTheStoreNorProcessing() {
		check(noClasses().that()
			.resideInAPackage("dev.holdfast.ledger")
			.should()
			.dependOnClassesThat()
			.resideInAnyPackage("dev.holdfast.buffer", "dev.holdfast.process", "dev.holdfast.receive",
					"dev.holdfast.destination", "dev.holdfast.deadletter", "dev.holdfast.operate")
			.because("the ledger is a hint: it must be possible to forget it, and to test it, alone"));
	}

	@Test
	void handlersGetNoPartOfTheEngineByItsType() {
		check(methods().that()
			.areAnnotatedWith(Bean.class)
			.and()
			.haveRawReturnType(assignableTo(S3Client.class).or(assignableTo(ExecutorService.class)))
			.should()
			.beAnnotatedWith(
					describe("no default candidate", (annotation) -> !annotation.as(Bean.class).defaultCandidate()))
			.because("handlers share the context, and may have a client or an executor of their own"));
	}

	@Test
	void onlyTheBufferKnowsTheAwsSdk() {
		check(noClasses().that()
			.resideOutsideOfPackage("dev.holdfast.buffer")
			.should()
			.dependOnClassesThat()
			.resideInAPackage("software.amazon.awssdk..")
			.because("whoever stores goes through ObjectStore, so that all stores behave alike"));
	}

	@Test
	void onlyTheLedgerKnowsRedis() {
		check(noClasses().that()
			.resideOutsideOfPackage("dev.holdfast.ledger")
			.should()
			.dependOnClassesThat()
			.resideInAnyPackage("io.lettuce..", "org.springframework.data..", "org.springframework.boot.data.redis..")
			.because("whatever Redis does is turned into the ledger's answers in one place"));
	}

	@Test
	void onlyTheEdgeKnowsServlets() {
		check(noClasses().that()
			.resideOutsideOfPackage("dev.holdfast.receive")
			.should()
			.dependOnClassesThat()
			.resideInAnyPackage("jakarta.servlet..", "org.apache.catalina..", "org.apache.coyote..",
					"org.apache.tomcat..")
			.because("what happens to a request is decided at the edge and nowhere else"));
	}

	@Test
	void destinationsKnowTheHandlerInterfaceAlone() {
		check(classes().that()
			.resideInAPackage("dev.holdfast.destination")
			.should()
			.onlyDependOnClassesThat(not(resideInAPackage("dev.holdfast.."))
				.or(resideInAnyPackage("dev.holdfast.destination", "dev.holdfast.delivery", "dev.holdfast.telemetry",
						"dev.holdfast.schedule"))
				.or(belongToAnyOf(DeliveryHandler.class, Attempt.class, Outcome.class)))
			.because("a destination is a handler like any other, and could be written outside"));
	}

	@Test
	void packagesFormNoCycle() {
		check(slices().matching("dev.holdfast.(*)..")
			.should()
			.beFreeOfCycles()
			.because("each package can be understood without those that use it"));
	}

	@Test
	void onlyTheScheduleTellsTimeAndSleeps() {
		check(noClasses().that()
			.resideOutsideOfPackage("dev.holdfast.schedule")
			.should()
			.accessTargetWhere(describe("it tells the time of day or sleeps", ArchitectureTest::tellsTimeOrSleeps))
			.because("what decides by time must run in the simulation, where time is stepped"));
	}

	private static boolean tellsTimeOrSleeps(JavaAccess<?> access) {
		String owner = access.getTargetOwner().getName();
		String name = access.getTarget().getName();
		return (owner.startsWith("java.time.") && (name.equals("now") || name.startsWith("system")))
				|| (owner.equals("java.lang.System") && name.equals("currentTimeMillis"))
				|| (owner.equals("java.lang.Thread") && name.equals("sleep"))
				|| (owner.equals("java.util.Date") && name.equals("<init>"));
	}

	private static void check(ArchRule rule) {
		rule.check(MAIN);
	}

}
