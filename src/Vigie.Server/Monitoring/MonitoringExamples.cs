namespace Vigie.Server;

/// <summary>What answers look like, for the API's description.</summary>
internal static class MonitoringExamples
{
    private const string Period =
        """
        {"from":"2026-11-23T11:30:00+00:00","to":"2026-11-23T12:30:20+00:00","requests":{"count":1208,"per_second":0.334,"succeeded":1201,"refused":6,"failed":1,"refused_share":0.00497,"failed_share":0.00083},
        "predictions":1180,"latency_ms":{"p50":0.092,"p95":0.181,"p99":0.44},"labels":{"negative":708,"neutral":0,"positive":472},"label_shares":{"negative":0.6,"neutral":0,"positive":0.4},
        "mean_confidence":0.84,"unknown_share":0.031,"mean_length":71.4,"estimated_accuracy":{"accuracy":0.821,"interval":[0.797,0.845],"method":"difference_of_confidences"},
        "judged":10,"feedback":{"right":8,"accuracy":0.8,"accuracy_interval":[0.49,0.943],"per_class":{"negative":{"support":5,"called":5,"precision":0.8,"recall":0.8,"f1":0.8},
        "positive":{"support":5,"called":5,"precision":0.8,"recall":0.8,"f1":0.8}},"classes":["negative","neutral","positive"],"confusion_matrix":[[4,0,1],[0,0,0],[1,0,4]]}}
        """;

    public const string Summary = $$"""{"window":{{Period}},"last_day":{{Period}}}""";

    public const string Series = $$"""{"buckets":[{{Period}}]}""";
}
