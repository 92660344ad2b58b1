/// All checks, one array a file: a room that adds checks adds its array here.
public var allChecks: [Check] {
    choiceChecks + requantizationChecks + convolutionChecks + depthwiseChecks + convolutionSumsChecks
        + requantizeChecks + averagePoolChecks + maxPoolChecks + tableChecks + softmaxChecks + groupSumsChecks
        + normalizeChecks
        + scaleChecks + arithmeticChecks + interpolationChecks + floatStateChecks + denoisingChecks
}
