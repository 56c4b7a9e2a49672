package io.promgres.energy;

import java.math.BigDecimal;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Everything that rule files say.
 *
 * @param rules each name once, those of the carbon intensity and the workspaces among them
 * @param power watts of one CPU by machine name; the empty name stands for all others
 * @param regionLabel the label that chooses the intensity
 * @param region the region of series that have no such label, where the intensities have several
 * @param intensityConstant grams of CO2 equivalent per kWh where no sample says so
 * @param intensityMaxAge how long a sample of the intensity is in force
 * @param workspaceSilence how long after its last sample a session still runs
 */
public record Rules(
        List<Rule> rules,
        Map<String, Watts> power,
        String regionLabel,
        Optional<String> region,
        Optional<BigDecimal> intensityConstant,
        Duration intensityMaxAge,
        Duration workspaceSilence) {

    /** The power of one CPU in watts. */
    record Watts(BigDecimal busy, BigDecimal idle) {}
}
