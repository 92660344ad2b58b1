/// All checks, one array a file: a room that adds checks adds its array here.
public var allChecks: [Check] {
    choiceChecks + requantizationChecks + convolutionChecks + averagePoolChecks + maxPoolChecks + tableChecks
        + softmaxChecks + floatStateChecks
}
