using Microsoft.AspNetCore.Components;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.JSInterop;
using Vigie.Dashboard.Try;
using Vigie.Server;
using Vigie.Tweets;

namespace Vigie.Dashboard.Review;

/// <summary>Where people judge what models said.</summary>
public sealed partial class ReviewPage
{
    private const int AtOnce = 100, FewLeft = 15, MostShown = 40;

    private static readonly TimeSpan Often = TimeSpan.FromSeconds(10);

    private readonly ReviewDesk desk = new();
    private ReviewRecords? records;
    private DotNetObjectReference<ReviewPage>? self;
    private ElementReference hand;
    private ReviewCounts counts;
    private IReadOnlyList<Agreement> agreements = [];
    private RetrainingGoal? goal;
    private Look? seen;
    private (string? Tab, int Days, string By) shown;
    private string spoken = "";
    private bool isLoaded, isSending, listens;

    /// <summary>Which queue: <c>second</c>, <c>disputed</c>, or null for what nobody has judged.</summary>
    [SupplyParameterFromQuery]
    public string? Tab { get; set; }

    /// <summary>How many days back.</summary>
    [SupplyParameterFromQuery]
    public int? Days { get; set; }

    /// <summary>Who judges, where nobody has to sign in.</summary>
    [SupplyParameterFromQuery]
    public string? By { get; set; }

    private int Window => Days is 1 or 7 or 30 or 90 ? Days.Value : 7;

    private string Reviewer => Viewer.IsSignedIn || string.IsNullOrWhiteSpace(By) ? Viewer.Name : By.Trim();

    private bool IsDisputed => Queue is ReviewQueue.Disputed;

    private ReviewQueue Queue => Tab switch { "second" => ReviewQueue.Second, "disputed" => ReviewQueue.Disputed, _ => ReviewQueue.First };

    private IReadOnlyList<Sentiment> Classes => [.. FeedbackEndpoints.ClassesOf(Services.GetRequiredService<ModelHost>().DutyIfReady)];

    private IEnumerable<(ReviewItem Item, int Place)> Shown
    {
        get
        {
            int from = Math.Clamp(desk.At - MostShown / 2, 0, Math.Max(0, desk.Items.Count - MostShown));
            return desk.Items.Skip(from).Take(MostShown).Select((item, place) => (item, from + place));
        }
    }

    private IEnumerable<(string Key, string Name, long Count)> Tabs =>
    [
        ("", T("To judge", "À juger"), counts.Reported + counts.Uncertain),
        ("second", T("Second opinion", "Second avis"), counts.Second),
        ("disputed", T("Disagreements", "Désaccords"), counts.Disputed),
    ];

    private string EmptyTitle => Queue switch
    {
        ReviewQueue.Second => T("Nothing waits for a second opinion", "Rien n’attend un second avis"),
        ReviewQueue.Disputed => T("No disagreements", "Aucun désaccord"),
        _ => T("All is judged", "Tout est jugé"),
    };

    private string EmptyText => Queue switch
    {
        ReviewQueue.Second => T("Tweets that one other reviewer has judged come here.", "Les tweets jugés par une seule autre personne viennent ici."),
        ReviewQueue.Disputed => T("Tweets that two reviewers judged differently come here, to be settled.", "Les tweets que deux personnes ont jugés différemment viennent ici, pour être tranchés."),
        _ => T("Reported tweets come here at once, and of every day those that the model is least sure of. A longer time may have more.", "Les tweets signalés viennent ici aussitôt, et chaque jour ceux dont le modèle est le moins sûr. Une durée plus longue peut en avoir davantage."),
    };

    /// <summary>Called by the browser.</summary>
    [JSInvokable]
    public async Task KeyAsync(string name)
    {
        if (name == "skip") Skip();
        else if (name == "undo") Undo();
        else if (name == "next") await GoAsync(desk.At + 1);
        else if (name == "previous") await GoAsync(desk.At - 1);
        else if (Enum.TryParse(name, out Sentiment label) && Classes.Contains(label)) await JudgeAsync(label);
        StateHasChanged();
    }

    /// <summary>Forgets the page.</summary>
    public ValueTask DisposeAsync()
    {
        Dispose();
        self?.Dispose(); // the browser's part goes with its element
        return ValueTask.CompletedTask;
    }

    /// <inheritdoc/>
    protected override void OnInitialized()
    {
        if (Recorder.IsOn) records = Services.GetRequiredService<ReviewRecords>();
        if (records is not null) Every(Often, RefreshAsync);
    }

    /// <inheritdoc/>
    protected override async Task OnParametersSetAsync()
    {
        if (records is null || shown == (Tab, Window, Reviewer)) return;
        shown = (Tab, Window, Reviewer);
        desk.Clear();
        (seen, isLoaded) = (null, false);
        await TryAsync(RefreshAsync);
    }

    /// <inheritdoc/>
    protected override async Task OnAfterRenderAsync(bool firstRender)
    {
        if (listens || records is null || !Options.Records.KeepText) return;
        listens = true;
        self = DotNetObjectReference.Create(this);
        var keys = new Dictionary<string, string>
        {
            ["s"] = "skip",
            ["z"] = "undo",
            ["j"] = "next",
            ["k"] = "previous",
            ["ArrowDown"] = "next",
            ["ArrowRight"] = "next",
            ["ArrowUp"] = "previous",
            ["ArrowLeft"] = "previous",
        };
        foreach ((Sentiment label, int place) in Classes.Select((label, place) => (label, place)))
            keys[Letter(label)] = keys[(place + 1).ToString(System.Globalization.CultureInfo.InvariantCulture)] = label.ToString();
        await Js.InvokeVoidAsync("vigie.keys", Gone, hand, keys, self);
    }

    private static string Letter(Sentiment label) => label switch { Sentiment.Negative => "n", Sentiment.Neutral => "u", _ => "p" };

    private string NameOf(string reviewer) => string.IsNullOrWhiteSpace(reviewer) ? T("somebody who was forgotten", "quelqu’un d’oublié") : reviewer;

    private string Address(params (string Name, string? Value)[] changes) =>
        Navigation.GetUriWithQueryParameters(changes.ToDictionary(change => change.Name, change => (object?)(string.IsNullOrWhiteSpace(change.Value) ? null : change.Value)));

    private async Task RefreshAsync()
    {
        (string? Tab, int Days, string By) asked = shown;
        DateTimeOffset since = Viewer.Clock.GetUtcNow() - TimeSpan.FromDays(Window);
        IReadOnlyList<ReviewItem> items = await Asked.OfRecordsAsync(records!.ItemsAsync(Queue, Reviewer, since, AtOnce, Gone));
        if (asked != shown) return; // another queue was chosen meanwhile
        desk.Take(items);
        isLoaded = true;
        counts = await Asked.OfRecordsAsync(records.CountAsync(Reviewer, since, Gone));
        agreements = await Asked.OfRecordsAsync(records.AgreementsAsync(Gone));
        goal = await RetrainingGoal.OfAsync(Services.GetRequiredService<ModelHost>(), Services.GetRequiredService<TrackedStore>(), records, Gone);
        await LookAsync();
    }

    // What there is to know of the tweet at hand, besides itself.
    private async Task LookAsync()
    {
        if (desk.Current is not { } item || seen?.Id == item.Id) return;
        IReadOnlyList<ReviewReport> reports = await Asked.OfRecordsAsync(records!.ReportsAsync(item, Gone));
        // What another reviewer said is not told before one has judged: an opinion that was told is none.
        IReadOnlyList<ReviewJudgement> judgements = IsDisputed ? await Asked.OfRecordsAsync(records.JudgementsAsync(item.Id, Gone)) : [];
        (Reasons? why, string? explainer) = await Services.GetRequiredService<TriedModels>().ExplainAsync(item.Text, item.Digest, Gone);
        if (desk.Current?.Id == item.Id) seen = new Look(item.Id, reports, judgements, why, explainer);
    }

    private async Task JudgeAsync(Sentiment label)
    {
        if (isSending || desk.Current is not { } item) return;
        isSending = true;
        await TryAsync(async () =>
        {
            Viewer.Demand(Scope.Feedback);
            await Services.GetRequiredService<Corrections>().KeepAsync(CorrectionDraft.Of(item, label, Reviewer, settles: IsDisputed));
            desk.Judged(label);
            spoken = desk.Current is { } next ? T($"{Viewer.Name(label)}. Next: {next.Text}", $"{Viewer.Name(label)}. Suivant : {next.Text}") : T($"{Viewer.Name(label)}. That was the last one.", $"{Viewer.Name(label)}. C’était le dernier.");
            if (desk.Items.Count < FewLeft) await RefreshAsync();
            else await LookAsync();
        });
        isSending = false;
    }

    private void Skip()
    {
        desk.Skip();
        _ = InvokeAsync(ShowAsync);
    }

    private void Undo()
    {
        desk.Undo();
        _ = InvokeAsync(ShowAsync);
    }

    private async Task GoAsync(int place)
    {
        desk.Go(place);
        await ShowAsync();
    }

    private async Task ShowAsync()
    {
        await TryAsync(LookAsync);
        StateHasChanged();
    }

    private sealed record Look(PredictionId Id, IReadOnlyList<ReviewReport> Reports, IReadOnlyList<ReviewJudgement> Judgements, Reasons? Why, string? Explainer);
}
