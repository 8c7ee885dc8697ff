package dev.errand.sql;

import dev.errand.contract.BrokerContract;
import dev.errand.contract.BrokerFixture;

class SqliteContractIT extends BrokerContract {
    @Override
    protected BrokerFixture fixture() {
        return new SqliteFixture();
    }
}
