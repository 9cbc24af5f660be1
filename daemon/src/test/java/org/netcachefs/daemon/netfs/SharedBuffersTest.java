package org.netcachefs.daemon.netfs;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.netcachefs.daemon.upstream.FaultyUpstream.Operation;

/** A part of upstream that hangs leaves buffers to the others. */
class SharedBuffersTest {
    private static final int BLOCK = Fixture.BLOCK;
    private static final int BLOCKS = 64;

    private Fixture fixture;
    private final byte[] hung = Fixture.bytes(BLOCKS * BLOCK, 1);
    private final byte[] well = Fixture.bytes(BLOCK, 2);

    @BeforeEach
    void setUp() throws Exception {
        fixture = new Fixture(Fixture.withoutReadahead());
        fixture.side.file("hung", hung);
        fixture.oldFile("well", well);
    }

    @AfterEach
    void tearDown() throws Exception {
        fixture.close();
    }

    @Test
    void readsThatWaitForAThread_leaveTheBuffersToOthers() throws Exception {
        try (Client.Open open = fixture.client.open("hung")) {
            fixture.calls.busy(true);
            List<Client.ReadAnswered> answers = readAll(open);
            fixture.calls.busy(false);
            assertThat(fixture.client.read("well")).isEqualTo(well);
            fixture.calls.giveThreads();
            assertAnswered(answers);
        }
    }

    @Test
    void readsThatFindNoBuffer_areMadeWhenThereIsOne() throws Exception {
        try (Client.Open open = fixture.client.open("hung")) {
            fixture.upstream.faults().hang(Operation.READ);
            List<Client.ReadAnswered> answers = readAll(open);
            org.awaitility.Awaitility.await()
                    .until(() -> fixture.upstream.faults().hung() == 28);
            fixture.upstream.faults().release();
            assertAnswered(answers);
        }
        fixture.drain();
    }

    private static List<Client.ReadAnswered> readAll(Client.Open open) {
        List<Client.ReadAnswered> answers = new ArrayList<>();
        for (int i = 0; i < BLOCKS; i++) {
            answers.add(open.begin((long) i * BLOCK, BLOCK));
        }
        return answers;
    }

    private void assertAnswered(List<Client.ReadAnswered> answers) throws Exception {
        for (int i = 0; i < BLOCKS; i++) {
            assertThat(Client.get(answers.get(i).value))
                    .isEqualTo(Arrays.copyOfRange(hung, i * BLOCK, (i + 1) * BLOCK));
        }
    }
}
