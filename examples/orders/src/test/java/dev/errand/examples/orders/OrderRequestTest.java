package dev.errand.examples.orders;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class OrderRequestTest {
    private static final String GOOD = "\"email\":\"customer-17@example.org\",\"item\":\"tea\",\"quantity\":2";

    private static OrderPlaced parse(String json, String... key) throws Problem {
        return OrderRequest.parse(
                json.getBytes(StandardCharsets.UTF_8), key.length == 0 ? Optional.empty() : Optional.of(key[0]));
    }

    @Test
    void readsAnOrder() throws Problem {
        assertThat(parse("{\"orderId\":\"o-1\"," + GOOD + ",\"unknown\":true}"))
                .isEqualTo(new OrderPlaced("o-1", "customer-17@example.org", "tea", 2));
    }

    @Test
    void givesOrdersWithoutAnIdOneOfTheirOwn() throws Problem {
        assertThat(parse("{" + GOOD + "}").orderId())
                .startsWith("o-")
                .isNotEqualTo(parse("{" + GOOD + "}").orderId());
    }

    @Test
    void derivesTheIdFromTheIdempotencyKeyUnlessTheBodyNamesOne() throws Problem {
        String id = parse("{" + GOOD + "}", "key 1").orderId();
        assertThat(parse("{" + GOOD + "}", "key 1").orderId()).isEqualTo(id);
        assertThat(parse("{" + GOOD + "}", "key 2").orderId()).isNotEqualTo(id);
        assertThat(parse("{\"orderId\":\"o-1\"," + GOOD + "}", "key 1").orderId())
                .isEqualTo("o-1");
        assertThatThrownBy(() -> parse("{" + GOOD + "}", " ")).hasMessageContaining("Idempotency-Key");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{\"item\":\"tea\",\"quantity\":1}                                            | email is missing",
                "{\"email\":\"x\",\"item\":\"tea\",\"quantity\":1}                            | email must be an e-mail",
                "{\"email\":\"@x\",\"item\":\"tea\",\"quantity\":1}                           | email must be an e-mail",
                "{\"email\":\"a b@x\",\"item\":\"tea\",\"quantity\":1}                        | email must be an e-mail",
                "{\"email\":\"a@x\\r\\nBcc: y\",\"item\":\"tea\",\"quantity\":1}              | without line breaks",
                "{\"email\":17,\"item\":\"tea\",\"quantity\":1}                               | email must be a text",
                "{\"email\":\"a@x\",\"item\":\" \",\"quantity\":1}                            | item must be a text",
                "{\"email\":\"a@x\",\"item\":null,\"quantity\":1}                             | item is missing",
                "{\"email\":\"a@x\",\"item\":\"tea\"}                                         | quantity is missing",
                "{\"email\":\"a@x\",\"item\":\"tea\",\"quantity\":0}                          | quantity must be a whole",
                "{\"email\":\"a@x\",\"item\":\"tea\",\"quantity\":1.5}                        | quantity must be a whole",
                "{\"email\":\"a@x\",\"item\":\"tea\",\"quantity\":99999999999}                | quantity must be a whole",
                "{\"email\":\"a@x\",\"item\":\"tea\",\"quantity\":\"1\"}                      | quantity must be a whole",
                "{\"orderId\":\"a/b\",\"email\":\"a@x\",\"item\":\"tea\",\"quantity\":1}      | orderId must be a text",
                "{\"orderId\":7,\"email\":\"a@x\",\"item\":\"tea\",\"quantity\":1}            | orderId must be a text",
                "[]                                                                           | must be a JSON object",
                "{                                                                            | not valid JSON",
                "{} {}                                                                        | not valid JSON",
                "{\"item\":\"a\",\"item\":\"b\"}                                              | not valid JSON",
                "''                                                                           | must be a JSON object"
            })
    void namesTheFieldThatIsNotValid(String json, String message) {
        assertThatThrownBy(() -> parse(json))
                .isInstanceOfSatisfying(
                        Problem.class, problem -> assertThat(problem.status()).isEqualTo(400))
                .hasMessageContaining(message);
    }

    @Test
    void namesEveryFieldThatIsNotValid() {
        assertThatThrownBy(() -> parse("{\"quantity\":-1}"))
                .isInstanceOfSatisfying(
                        Problem.class,
                        problem -> assertThat(problem.json().path("errors").toString())
                                .contains("\"field\":\"email\"", "\"field\":\"item\"", "\"field\":\"quantity\""))
                .hasMessage("The order is not valid: email is missing; item is missing; quantity must be a whole number"
                        + " from 1 to 1000");
    }
}
