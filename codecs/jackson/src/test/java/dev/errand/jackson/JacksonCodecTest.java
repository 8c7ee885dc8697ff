package dev.errand.jackson;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import dev.errand.ConfigurationException;
import dev.errand.PayloadCodec;
import dev.errand.TypeToken;
import java.lang.reflect.Type;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.OffsetDateTime;
import java.time.ZonedDateTime;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.ServiceLoader;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.DefaultTyping;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.jsontype.BasicPolymorphicTypeValidator;

class JacksonCodecTest {
    record Line(String sku, int count, BigDecimal price) {}

    enum Level {
        LOW,
        HIGH
    }

    record Order(String id, List<Line> lines, Level level, Optional<String> note, Map<String, String> tags) {}

    record Times(Instant instant, LocalDate date, Duration duration, OffsetDateTime offset, ZonedDateTime zoned) {}

    record Counted(String name, int count) {}

    record Defaulted(String name, String currency) {
        Defaulted {
            currency = currency == null ? "EUR" : currency;
        }
    }

    record Deep(Deep inner) {}

    @JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "kind")
    @JsonSubTypes({@JsonSubTypes.Type(value = Circle.class, name = "circle")})
    sealed interface Shape permits Circle {}

    record Circle(int radius) implements Shape {}

    @JsonTypeInfo(use = JsonTypeInfo.Id.CLASS)
    interface ByClass {}

    record Evil(String command) implements ByClass {}

    record Holder(ByClass value) {}

    private final JacksonCodec codec = new JacksonCodec();

    private String json(Object value, Type type) {
        return new String(codec.encode(value, type), StandardCharsets.UTF_8);
    }

    private Object read(String json, Type type) throws InvalidJsonException {
        return codec.decode(json.getBytes(StandardCharsets.UTF_8), type);
    }

    @Test
    void isFoundOnTheClassPath() {
        assertThat(ServiceLoader.load(PayloadCodec.class)).singleElement().isInstanceOf(JacksonCodec.class);
        assertThat(codec.contentType()).isEqualTo("application/json");
    }

    @Test
    void recordsComeBackAsTheyWere() throws Exception {
        Order order = new Order(
                "o-1",
                List.of(new Line("ä€😀", 2, new BigDecimal("1.10"))),
                Level.HIGH,
                Optional.empty(),
                Map.of("b", "2", "a", "1"));
        assertThat(codec.decode(codec.encode(order, Order.class), Order.class)).isEqualTo(order);
    }

    @Test
    void equalValuesGiveEqualBytesWhateverTheOrderOfTheirMaps() {
        Map<String, String> one = new HashMap<>(4);
        Map<String, String> other = new HashMap<>(1024);
        for (int i = 0; i < 50; i++) {
            one.put("key" + i, "v");
            other.put("key" + (49 - i), "v");
        }
        assertThat(json(new Order("o", List.of(), Level.LOW, Optional.empty(), one), Order.class))
                .isEqualTo(json(new Order("o", List.of(), Level.LOW, Optional.empty(), other), Order.class));
    }

    @Test
    void timesAreIsoTextsAndKeepTheirOffsets() throws Exception {
        Times times = new Times(
                Instant.parse("2026-03-01T10:15:30.123456789Z"),
                LocalDate.parse("2026-03-01"),
                Duration.ofMinutes(90),
                OffsetDateTime.parse("2026-03-01T10:15:30+02:00"),
                ZonedDateTime.parse("2026-03-01T10:15:30+01:00[Europe/Berlin]"));
        String json = json(times, Times.class);
        assertThat(json)
                .contains("\"2026-03-01T10:15:30.123456789Z\"")
                .contains("\"PT1H30M\"")
                .contains("\"2026-03-01T10:15:30+02:00\"")
                .contains("[Europe/Berlin]");
        assertThat(read(json, Times.class)).isEqualTo(times);
    }

    @Test
    void genericsAreReadByTheirType() throws Exception {
        Type lists = new TypeToken<Map<String, List<Line>>>() {}.type();
        Map<String, List<Line>> value = Map.of("x", List.of(new Line("s", 1, BigDecimal.ONE)));
        assertThat(codec.decode(codec.encode(value, lists), lists)).isEqualTo(value);
    }

    @Test
    void unknownFieldsAreIgnoredAndMissingOnesAreNull() throws Exception {
        assertThat(read("{\"count\":3,\"later\":{\"x\":[1]}}", Counted.class)).isEqualTo(new Counted(null, 3));
        assertThat(read("{\"name\":\"n\"}", Defaulted.class)).isEqualTo(new Defaulted("n", "EUR"));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{\"name\":\"n\"}                        | at count: missing",
                "{\"name\":\"n\",\"count\":null}         | at count: a int is expected",
                "{\"name\":\"n\",\"count\":\"7\"}        | at count: a int is expected",
                "{\"name\":\"n\",\"count\":7.5}          | at count: a int is expected",
                "{\"name\":\"n\",\"count\":99999999999}  | at count",
                "{\"name\":[],\"count\":7}               | at name: a String is expected",
                "{\"count\":7,\"count\":8}               | the same field twice",
                "{\"count\":7} {}                        | more text behind the value",
                "{\"count\":7}x                          | not JSON",
                "{\"count\":7                            | not JSON",
                "{count:7}                               | not JSON",
                "null                                    | it is null",
                "''                                      | no bytes at all"
            })
    void refusesWhatIsNotExpectedAndSaysWhere(String json, String message) {
        assertThatThrownBy(() -> read(json, Counted.class))
                .isInstanceOf(InvalidJsonException.class)
                .hasMessageContaining(message)
                .hasNoCause();
    }

    @Test
    void aDescriptionNamesTheWayToTheFieldButNoValue() {
        String json =
                "{\"id\":\"x\",\"lines\":[{\"sku\":\"a\",\"count\":1,\"price\":1},{\"sku\":\"b\",\"count\":\"secret\"}]}";
        assertThatThrownBy(() -> read(json, Order.class))
                .hasMessageContaining("at lines[1].count: a int is expected")
                .hasMessageNotContaining("secret");
        assertThatThrownBy(() -> read("{\"id\":secret}", Order.class)).hasMessageNotContaining("secret");
        assertThatThrownBy(() -> read("{\"level\":\"SECRET\"}", Order.class))
                .hasMessageContaining("at level: a Level is expected")
                .hasMessageNotContaining("SECRET");
    }

    @Test
    void depthIsLimitedBothWays() {
        int depth = JsonRules.MAX_DEPTH + 1;
        String json = "{\"inner\":".repeat(depth) + "null" + "}".repeat(depth);
        assertThatThrownBy(() -> read(json, Deep.class)).hasMessageContaining("too large");
        Deep deep = null;
        for (int i = 0; i < depth; i++) {
            deep = new Deep(deep);
        }
        Deep value = deep;
        assertThatThrownBy(() -> codec.encode(value, Deep.class)).hasMessageContaining("depth");
    }

    @Test
    void numbersOfThousandsOfDigitsAreRefused() {
        assertThatThrownBy(() -> read("{\"price\":" + "9".repeat(5_000) + "}", Line.class))
                .hasMessageContaining("too large");
    }

    @Test
    void namesOfSubtypesAreFineAndClassNamesAreNot() throws Exception {
        assertThat(json(new Circle(2), Shape.class)).isEqualTo("{\"kind\":\"circle\",\"radius\":2}");
        assertThat(read("{\"kind\":\"circle\",\"radius\":2}", Shape.class)).isEqualTo(new Circle(2));
        String evil = "{\"value\":{\"@class\":\"" + Evil.class.getName() + "\",\"command\":\"x\"}}";
        assertThatThrownBy(() -> read(evil, Holder.class)).isInstanceOf(Exception.class);
        assertThatThrownBy(() -> codec.encode(new Holder(new Evil("x")), Holder.class))
                .hasMessageContaining("class names")
                .hasMessageContaining("use NAME");
        assertThat(read("[\"java.util.ArrayList\",[]]", Object.class))
                .isEqualTo(List.of("java.util.ArrayList", List.of()));
    }

    @Test
    void aMapperWithDefaultTypingIsRefused() {
        JsonMapper typing = JsonMapper.builder()
                .activateDefaultTyping(
                        BasicPolymorphicTypeValidator.builder()
                                .allowIfBaseType(Object.class)
                                .build(),
                        DefaultTyping.NON_FINAL)
                .build();
        assertThatThrownBy(() -> new JacksonCodec(typing))
                .isInstanceOf(ConfigurationException.class)
                .hasMessageContaining("default typing");
    }

    @Test
    void aMapperOfTheUsersIsUsedAsItIs() throws Exception {
        JacksonCodec lenient = new JacksonCodec(JsonMapper.builder()
                .disable(tools.jackson.databind.DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES)
                .build());
        assertThat(lenient.decode("{}".getBytes(StandardCharsets.UTF_8), Counted.class))
                .isEqualTo(new Counted(null, 0));
    }
}
