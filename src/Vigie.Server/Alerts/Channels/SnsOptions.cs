using System.Text.RegularExpressions;
using Vigie.Mlflow.Security;

namespace Vigie.Server;

/// <summary>Amazon SNS: a topic, and the account for text messages (<c>alerts.sns</c>).</summary>
public sealed partial record SnsOptions
{
    /// <summary>The topic, <c>arn:aws:sns:REGION:ACCOUNT:NAME</c>; whoever subscribed to it is told. None: no topic is.</summary>
    public string? Topic { get; init; }

    /// <summary>The region, such as <c>eu-west-3</c>; the topic's unless said.</summary>
    public string? Region { get; init; }

    /// <summary>Names the access key, which needs <c>sns:Publish</c> and nothing else.</summary>
    public string? AccessKeyId { get; init; }

    /// <summary>The access key.</summary>
    [Secret]
    public string? SecretAccessKey { get; init; }

    /// <summary>Belongs to a key that is good for a while only; null for one that lasts.</summary>
    [Secret]
    public string? SessionToken { get; init; }

    /// <summary>Another address than Amazon's, for stand-ins and private endpoints.</summary>
    public string? Endpoint { get; init; }

    /// <summary>The least severity that the topic is told.</summary>
    public AlertSeverity Severity { get; init; } = AlertSeverity.Warning;

    internal string EffectiveRegion => Region ?? Topic!.Split(':')[3];

    internal Uri EffectiveEndpoint => new(Endpoint ?? $"https://sns.{EffectiveRegion}.amazonaws.com{(EffectiveRegion.StartsWith("cn-", StringComparison.Ordinal) ? ".cn" : "")}/");

    /// <summary>Without keys.</summary>
    public override string ToString() => Topic ?? "no SNS topic";

    internal void Check(AddressGuard guard, bool isUsed)
    {
        if (!isUsed) return;
        if (Topic is not null && !TopicForm().IsMatch(Topic))
        {
            throw new InvalidInputException(Topic.EndsWith(".fifo", StringComparison.Ordinal)
                ? $"alerts.sns.topic is '{Topic}'; a FIFO topic sends no e-mail, expected a standard one"
                : $"alerts.sns.topic is '{Topic}'; expected arn:aws:sns:REGION:ACCOUNT:NAME, such as arn:aws:sns:eu-west-3:123456789012:alerts");
        }

        if (Region is not null && !RegionForm().IsMatch(Region)) throw new InvalidInputException($"alerts.sns.region is '{Region}'; expected one such as eu-west-3");
        if (Region is null && Topic is null) throw new InvalidInputException("alerts.sns.region is missing; text messages need it, such as eu-west-3");
        if (Region is not null && Topic is not null && Topic.Split(':')[3] != Region) throw new InvalidInputException($"alerts.sns.region is '{Region}', and alerts.sns.topic is in {Topic.Split(':')[3]}; expected the same, or no region");
        if (string.IsNullOrEmpty(AccessKeyId)) throw new InvalidInputException("alerts.sns.access_key_id is missing; expected one such as AKIAIOSFODNN7EXAMPLE");
        if (!AccessKeyId.All(char.IsAsciiLetterOrDigit)) throw new InvalidInputException($"alerts.sns.access_key_id is '{AccessKeyId}'; expected letters and digits, such as AKIAIOSFODNN7EXAMPLE");
        if (string.IsNullOrEmpty(SecretAccessKey)) throw new InvalidInputException("alerts.sns.secret_access_key is missing; expected the secret that belongs to alerts.sns.access_key_id");
        if (SessionToken is not null && !SessionToken.All(c => c is > ' ' and < '\u007f')) throw new InvalidInputException("alerts.sns.session_token holds spaces or letters that no token has");
        if (Endpoint is not null) ReceiverAddress.Check("alerts.sns.endpoint", Endpoint, guard, isSecret: false, "https://sns.eu-west-3.amazonaws.com/");
    }

    [GeneratedRegex(@"^arn:aws[a-z-]*:sns:[a-z]{2}(-[a-z]+)+-[0-9]+:[0-9]{12}:[A-Za-z0-9_-]{1,256}\z")]
    private static partial Regex TopicForm();

    [GeneratedRegex(@"^[a-z]{2}(-[a-z]+)+-[0-9]+\z")]
    private static partial Regex RegionForm();
}

/// <summary>Text messages to phones (<c>alerts.sms</c>); they cost money, so only what is critical is told unless said otherwise.</summary>
public sealed partial record SmsOptions
{
    /// <summary>The phones, as the whole world calls them: <c>+33612345678</c>.</summary>
    public IReadOnlyList<string> To { get; init; } = [];

    /// <summary>Who it is from, in countries that show that: up to 11 letters and digits, at least one letter.</summary>
    public string? SenderId { get; init; }

    /// <summary>The least severity that is told.</summary>
    public AlertSeverity Severity { get; init; } = AlertSeverity.Critical;

    internal bool IsOn => To.Count > 0;

    /// <summary>Without the numbers, which are people's.</summary>
    public override string ToString() => IsOn ? $"text messages to {To.Count}" : "no text messages";

    internal void Check()
    {
        foreach (string phone in To)
        {
            if (!PhoneForm().IsMatch(phone)) throw new InvalidInputException($"alerts.sms.to has '{phone}'; expected a number with its country, such as +33612345678");
        }

        if (SenderId is not null && !(SenderId.Length is >= 1 and <= 11 && SenderId.All(char.IsAsciiLetterOrDigit) && SenderId.Any(char.IsAsciiLetter)))
            throw new InvalidInputException($"alerts.sms.sender_id is '{SenderId}'; expected up to 11 letters and digits, at least one letter");
    }

    [GeneratedRegex(@"^\+[1-9][0-9]{6,14}\z")] // E.164
    private static partial Regex PhoneForm();
}
