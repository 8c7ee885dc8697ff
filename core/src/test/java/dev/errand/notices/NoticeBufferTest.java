package dev.errand.notices;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.errand.Notice;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class NoticeBufferTest {
    private static Notice notice(int number) {
        return new Notice.Recovered(number);
    }

    @Test
    void givesInOrderAndRefusesWhenFull() {
        NoticeBuffer buffer = new NoticeBuffer(4);
        for (int round = 0; round < 3; round++) {
            for (int i = 0; i < 4; i++) {
                assertThat(buffer.put(notice(i))).isTrue();
            }
            assertThat(buffer.put(notice(4))).isFalse();
            assertThat(buffer.isEmpty()).isFalse();
            List<Notice> taken = new ArrayList<>();
            assertThat(buffer.drain(taken::add)).isEqualTo(4);
            assertThat(taken).containsExactly(notice(0), notice(1), notice(2), notice(3));
            assertThat(buffer.drain(taken::add)).isZero();
            assertThat(buffer.isEmpty()).isTrue();
        }
    }

    @Test
    void itsSizeIsAPowerOfTwo() {
        assertThatThrownBy(() -> new NoticeBuffer(6)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void manyProducersLoseNothingThatWasTakenInAndKeepTheirOwnOrder() throws Exception {
        NoticeBuffer buffer = new NoticeBuffer(64);
        int producers = 4;
        int each = 20_000;
        AtomicInteger accepted = new AtomicInteger();
        List<Thread> threads = new ArrayList<>();
        for (int p = 0; p < producers; p++) {
            String name = "p" + p;
            threads.add(Thread.ofPlatform().start(() -> {
                for (int i = 0; i < each; i++) {
                    if (buffer.put(new Notice.Enqueued(name, "q", i, 0, 0, 0))) {
                        accepted.incrementAndGet();
                    }
                }
            }));
        }
        Map<String, Integer> last = new HashMap<>();
        int taken = 0;
        boolean ended = false;
        while (true) {
            int now = buffer.drain(next -> {
                if (next instanceof Notice.Enqueued one) {
                    Integer before = last.put(one.type(), one.stored());
                    assertThat(before == null || before < one.stored()).isTrue();
                }
            });
            taken += now;
            if (now == 0 && ended) {
                break;
            }
            ended = threads.stream().noneMatch(Thread::isAlive);
        }
        for (Thread thread : threads) {
            thread.join();
        }
        assertThat(taken).isEqualTo(accepted.get()).isPositive();
    }
}
