/* SPDX-License-Identifier: GPL-3.0-or-later */
package org.sovereignkeys.authorizer.lambda;

import java.io.PrintStream;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

import org.jspecify.annotations.Nullable;

import org.sovereignkeys.authorizer.Address;
import org.sovereignkeys.authorizer.AuthorizerEvent;
import org.sovereignkeys.authorizer.CannotCheckException;
import org.sovereignkeys.authorizer.Decision;
import org.sovereignkeys.authorizer.Form;
import org.sovereignkeys.authorizer.MethodArn;
import org.sovereignkeys.authorizer.Refusal;

/**
 * A line of JSON a call: what was decided, why, and about whom. Of what came with the event only ids and addresses that are of
 * their form are repeated, so that nothing a caller made up stands in the log.
 */
final class DecisionLog {
    private static final AuthorizerEvent NOTHING_KNOWN = new AuthorizerEvent(null, null, null, null, null, null, null);

    private final PrintStream out;

    DecisionLog(PrintStream out) {
        this.out = out;
    }

    void decided(AuthorizerEvent event, Decision decision) {
        switch (decision) {
            case Decision.Allow _ -> write("INFO", event, "allow", "all-checks-passed", null);
            case Decision.Refuse(Refusal refusal) -> write("WARN", event, "refuse", code(refusal), refusal.text());
        }
    }

    void notDecided(@Nullable AuthorizerEvent event, CannotCheckException failure) {
        write("ERROR", event, "error", "cannot-check", failure.reason());
    }

    private static String code(Refusal refusal) {
        return refusal.name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    private void write(String level, @Nullable AuthorizerEvent event, String decision, String reason,
            @Nullable String detail) {
        AuthorizerEvent known = event == null ? NOTHING_KNOWN : event;
        Optional<MethodArn> asked = Optional.ofNullable(known.methodArn()).flatMap(MethodArn::parse);
        String source = Optional.ofNullable(known.sourceIp())
            .flatMap(Address::parse)
            .map(Address::toString)
            .orElse(null);
        out.println(Json.writeLine(List.of(new Json.Member("level", level), new Json.Member("decision", decision),
                new Json.Member("reason", reason), new Json.Member("detail", detail),
                new Json.Member("vpc_id", ofForm(Form.VPC_ID, known.vpcId())),
                new Json.Member("instance_id", asked.map(MethodArn::instanceId).orElse(null)),
                new Json.Member("source_ip", source),
                new Json.Member("request_id", ofForm(Form.REQUEST_ID, known.requestId())))));
    }

    private static @Nullable String ofForm(Form form, @Nullable String text) {
        return text != null && form.fits(text) ? text : null;
    }
}
