namespace Vigie.Server;

/// <summary>What corrections look like, for the API's description. A test sends the request.</summary>
internal static class FeedbackExamples
{
    public const string Request = """{"text":"Three hours late and not one word from the crew","predicted":"positive","label":"negative","reporter":"anna@example.org","comment":"Irony"}""";

    public const string Answer = """{"feedback_id":"019aad3e7a4c5b21d90003ea77d01b52"}""";
}
