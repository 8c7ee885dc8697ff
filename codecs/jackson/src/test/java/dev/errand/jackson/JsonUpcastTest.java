package dev.errand.jackson;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.errand.Errand;
import dev.errand.TaskType;
import dev.errand.Upcaster;
import dev.errand.Worker;
import dev.errand.memory.MemoryBroker;
import dev.errand.time.Time;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.node.JsonNodeFactory;

class JsonUpcastTest {
    record BillV1(String order, long cents) {}

    record Bill(String order, long cents, String currency) {}

    private static String lift(Upcaster upcaster, String json) throws Exception {
        return new String(upcaster.upcast(json.getBytes(StandardCharsets.UTF_8)), StandardCharsets.UTF_8);
    }

    @Test
    void changesAnObject() throws Exception {
        assertThat(lift(JsonUpcast.of(o -> o.put("currency", "EUR")), "{\"a\":1.10}"))
                .isEqualTo("{\"a\":1.10,\"currency\":\"EUR\"}");
        assertThat(lift(JsonUpcast.of(o -> o.set("email", o.remove("mail"))), "{\"mail\":\"x\"}"))
                .isEqualTo("{\"email\":\"x\"}");
    }

    @Test
    void rewritesAValueOfAnyKind() throws Exception {
        Upcaster wrap =
                JsonUpcast.rewrite(old -> JsonNodeFactory.instance.objectNode().set("order", old));
        assertThat(lift(wrap, "\"o-1\"")).isEqualTo("{\"order\":\"o-1\"}");
    }

    @Test
    void refusesWhatIsNoObjectOrNoJson() {
        Upcaster upcaster = JsonUpcast.of(o -> o.put("x", 1));
        assertThatThrownBy(() -> lift(upcaster, "[1]")).hasMessageContaining("no JSON object");
        assertThatThrownBy(() -> lift(upcaster, "")).hasMessageContaining("no bytes at all");
        assertThatThrownBy(() -> lift(upcaster, "{\"a\":1,\"a\":2}")).hasMessageContaining("the same field twice");
    }

    @Test
    void liftsATaskThatAnOlderProgramHasStored() throws Exception {
        TaskType<BillV1> old = TaskType.of("bill", BillV1.class);
        TaskType<Bill> today = TaskType.of("bill", Bill.class).upcast(1, JsonUpcast.of(o -> o.put("currency", "EUR")));
        BlockingQueue<Bill> seen = new LinkedBlockingQueue<>();
        Time time = Time.system();
        MemoryBroker broker = new MemoryBroker(time, RandomGenerator.getDefault());
        try (Errand before = Errand.over(broker, c -> {})) {
            before.enqueue(old, new BillV1("o-1", 990));
        }
        try (Errand after = Errand.over(broker, c -> {});
                Worker worker = after.worker()
                        .handle(today, (bill, task) -> seen.add(bill))
                        .start()) {
            assertThat(seen.poll(10, TimeUnit.SECONDS)).isEqualTo(new Bill("o-1", 990, "EUR"));
            assertThat(worker.id()).isNotBlank();
        }
        broker.close();
        time.close();
    }
}
