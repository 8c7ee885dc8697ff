package dev.errand.redis;

import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.AfterTestExecutionCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/** Says at the end of a class how many of its tests have passed beside real Go programs: zero where there is no Go. */
final class BesideGo implements AfterTestExecutionCallback, AfterAllCallback {
    private final AtomicInteger passed = new AtomicInteger();

    @Override
    public void afterTestExecution(ExtensionContext test) {
        if (test.getExecutionException().isEmpty()) {
            passed.incrementAndGet();
        }
    }

    @Override
    public void afterAll(ExtensionContext all) {
        System.out.println(passed + " tests of " + all.getRequiredTestClass().getSimpleName()
                + " have passed beside real asynq programs");
    }
}
