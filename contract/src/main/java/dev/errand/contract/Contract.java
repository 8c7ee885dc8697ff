package dev.errand.contract;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.extension.ExtendWith;

/** One subject of the suite. Every test has a stage of its own. */
@ExtendWith(Referee.class)
abstract class Contract {
    Stage stage;

    @BeforeEach
    void begin(Stage own) {
        this.stage = own;
    }
}
