package dev.errand.contract;

import dev.errand.Defaults;
import dev.errand.broker.Broker;
import dev.errand.broker.BrokerContext;
import dev.errand.broker.Capability;
import dev.errand.broker.Profile;
import dev.errand.time.Time;
import java.io.IOException;
import java.lang.reflect.AnnotatedElement;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.ConditionEvaluationResult;
import org.junit.jupiter.api.extension.ExecutionCondition;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ExtensionContext.Namespace;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;
import org.junit.jupiter.api.extension.TestWatcher;
import org.junit.platform.commons.support.AnnotationSupport;

/**
 * Gives each test its stage, skips what the broker does not claim, and writes down what came of the others: at the end of the
 * class, to {@code target/contract/<broker>.tsv}.
 */
final class Referee implements ExecutionCondition, ParameterResolver, AfterEachCallback, TestWatcher {
    private static final Namespace OWN = Namespace.create(Referee.class);

    /** One run of the whole suite. */
    private static final class Match implements AutoCloseable {
        final BrokerFixture fixture;
        final Profile profile;
        final List<Finding> findings = new ArrayList<>();

        Match(BrokerFixture fixture) {
            this.fixture = fixture;
            try (Time time = Time.system();
                    BrokerInstance instance = fixture.create();
                    Broker broker = instance.open(new BrokerContext(time, new Random(), Defaults.CRASH_LIMIT))) {
                this.profile = broker.profile();
            }
        }

        @Override
        public void close() throws IOException {
            fixture.close();
            Findings.of(fixture.name(), profile, findings).write(Path.of("target", "contract"));
        }
    }

    @Override
    public ConditionEvaluationResult evaluateExecutionCondition(ExtensionContext context) {
        if (context.getTestInstances().isEmpty()) {
            return ConditionEvaluationResult.enabled("decided for each test");
        }
        Match match = match(context);
        Set<Capability> missing = needs(context);
        missing.removeAll(match.profile.capabilities());
        if (!missing.isEmpty()) {
            return ConditionEvaluationResult.disabled(match.fixture.name() + " does not claim " + missing);
        }
        Set<Facility> absent = given(context);
        absent.removeAll(match.fixture.facilities());
        return absent.isEmpty()
                ? ConditionEvaluationResult.enabled("claimed")
                : ConditionEvaluationResult.disabled(match.fixture.name() + " has no " + absent + ": "
                        + absent.iterator().next().missing());
    }

    @Override
    public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
        return parameter.getParameter().getType() == Stage.class;
    }

    @Override
    public Object resolveParameter(ParameterContext parameter, ExtensionContext context) {
        Match match = match(context);
        Stage stage = new Stage(match.fixture, match.profile);
        context.getStore(OWN).put(Stage.class, new Held(stage));
        return stage;
    }

    /** Not closeable itself: the stage is closed after the test and before its verdict, not with the store. */
    private record Held(Stage stage) {}

    @Override
    public void afterEach(ExtensionContext context) {
        Held held = context.getStore(OWN).remove(Stage.class, Held.class);
        if (held != null) {
            held.stage.close();
        }
    }

    @Override
    public void testSuccessful(ExtensionContext context) {
        record(context, Finding.Verdict.PASSED, "");
    }

    @Override
    public void testFailed(ExtensionContext context, @Nullable Throwable cause) {
        record(context, Finding.Verdict.FAILED, String.valueOf(cause));
    }

    @Override
    public void testAborted(ExtensionContext context, @Nullable Throwable cause) {
        record(context, Finding.Verdict.NOT_CLAIMED, String.valueOf(cause));
    }

    @Override
    public void testDisabled(ExtensionContext context, Optional<String> reason) {
        record(context, Finding.Verdict.NOT_CLAIMED, reason.orElse(""));
    }

    private static void record(ExtensionContext context, Finding.Verdict verdict, String why) {
        Match match = match(context);
        synchronized (match.findings) {
            match.findings.add(new Finding(
                    context.getRequiredTestClass().getSimpleName(),
                    context.getRequiredTestMethod().getName(),
                    needs(context).stream().map(Capability::name).toList(),
                    verdict,
                    why));
        }
    }

    private static Match match(ExtensionContext context) {
        ExtensionContext top = context;
        while (top.getParent().flatMap(ExtensionContext::getTestClass).isPresent()) {
            top = top.getParent().orElseThrow();
        }
        BrokerContract suite = context.getTestInstances()
                .flatMap(all -> all.findInstance(BrokerContract.class))
                .orElseThrow(() -> new IllegalStateException("run as a part of a BrokerContract only"));
        return top.getStore(OWN).computeIfAbsent(Match.class, k -> new Match(suite.fixture()), Match.class);
    }

    private static Set<Capability> needs(ExtensionContext context) {
        Set<Capability> all = EnumSet.noneOf(Capability.class);
        for (AnnotatedElement place : places(context)) {
            AnnotationSupport.findAnnotation(place, Needs.class).ifPresent(a -> all.addAll(List.of(a.value())));
        }
        return all;
    }

    private static Set<Facility> given(ExtensionContext context) {
        Set<Facility> all = EnumSet.noneOf(Facility.class);
        for (AnnotatedElement place : places(context)) {
            AnnotationSupport.findAnnotation(place, Given.class).ifPresent(a -> all.addAll(List.of(a.value())));
        }
        return all;
    }

    /** The test method, and the subject's class that declares it. */
    private static List<AnnotatedElement> places(ExtensionContext context) {
        return List.of(
                context.getRequiredTestMethod(), context.getRequiredTestMethod().getDeclaringClass());
    }
}
