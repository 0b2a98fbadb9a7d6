using System.Globalization;
using Sylvan.Data.Csv;

namespace Vigie.Pipelines;

/// <summary>A point of a plot: what a row has under x and y.</summary>
/// <param name="X">As written.</param>
/// <param name="Y">As written.</param>
public readonly record struct PlotPoint(string X, string Y);

/// <summary>Points that are drawn alike.</summary>
/// <param name="Revision">Where they are from: <c>workspace</c>, or a revision.</param>
/// <param name="Source">The file, and the column where several are drawn.</param>
/// <param name="Points">In the file's order.</param>
public sealed record PlotSeries(string Revision, string Source, IReadOnlyList<PlotPoint> Points);

/// <summary>A plot with its points of all revisions.</summary>
/// <param name="Name">The file, or the name under top-level <c>plots</c>.</param>
/// <param name="Template">linear, simple, smooth, scatter, confusion, confusion_normalized, bar_horizontal, bar_horizontal_sorted.</param>
/// <param name="Title">Heading.</param>
/// <param name="XLabel">What is along the bottom.</param>
/// <param name="YLabel">What is up the side.</param>
/// <param name="Series">Points.</param>
/// <param name="Pictures">Pictures by revision, where the file is one.</param>
public sealed record PipelinePlot(string Name, string Template, string Title, string XLabel, string YLabel, IReadOnlyList<PlotSeries> Series, IReadOnlyList<KeyValuePair<string, string>> Pictures);

/// <summary>Collects the plots of a pipeline.</summary>
public static class DeclaredPlots
{
    private const int MostRows = 1_000_000;

    private static readonly string[] Templates = ["linear", "simple", "smooth", "scatter", "confusion", "confusion_normalized", "bar_horizontal", "bar_horizontal_sorted"], PictureEndings = [".png", ".jpg", ".jpeg", ".svg", ".gif"];

    /// <summary>The plots of views beside each other, in the order of the first view that has them.</summary>
    /// <param name="views">The workspace and revisions.</param>
    /// <param name="root">Full path of the repository.</param>
    /// <param name="targets">Names or paths from the root; empty for all.</param>
    /// <exception cref="PipelineException">A definition or a file cannot be used.</exception>
    public static IReadOnlyList<PipelinePlot> Of(IReadOnlyList<PipelineView> views, string root, IReadOnlyCollection<string> targets)
    {
        var plots = new List<PipelinePlot>();
        foreach ((PipelineView view, string name, DataMap definition, string folder) in views.SelectMany(view => Definitions(view, root).Select(one => (view, one.Name, one.Definition, one.Folder))))
        {
            if (targets.Count > 0 && !targets.Contains(name)) continue;
            PipelinePlot part = Read(view, root, name, definition, folder);
            int at = plots.FindIndex(plot => plot.Name == name);
            if (at < 0) plots.Add(part);
            else plots[at] = plots[at] with { Series = [.. plots[at].Series, .. part.Series], Pictures = [.. plots[at].Pictures, .. part.Pictures] };
        }
        if (targets.FirstOrDefault(target => plots.All(plot => plot.Name != target)) is { } missing) throw new PipelineException($"there is no plot '{missing}'; there {(plots.Count == 0 && targets.Count > 0 ? "may be others: vigie plots show without a name lists them" : $"are {string.Join(", ", plots.Select(plot => plot.Name))}")}");
        return [.. plots.Where(plot => plot.Series.Count > 0 || plot.Pictures.Count > 0)];
    }

    private static IEnumerable<(string Name, DataMap Definition, string Folder)> Definitions(PipelineView view, string root)
    {
        foreach (StageOutput output in view.Pipeline.Stages.SelectMany(stage => stage.Outputs).Where(output => output.Kind == OutputKind.Plot)) yield return (Relative(root, output.FullPath), output.Plot ?? new DataMap([]), root);
        foreach (PipelineFile file in view.Pipeline.Files)
        {
            foreach ((string name, DataMap definition) in file.Plots) yield return (name, definition, Path.GetDirectoryName(file.Path)!);
        }
    }

    private static PipelinePlot Read(PipelineView view, string root, string name, DataMap definition, string folder)
    {
        string Text(string key, string standard) => (definition[key] as DataText)?.Text ?? standard;
        string template = Text("template", "linear");
        if (!Templates.Contains(template)) throw new PipelineException($"plot {name}: the template '{template}' is not known; {string.Join(", ", Templates)} are");
        string path = Path.GetFullPath(Path.Combine(folder, name));
        if (PictureEndings.Contains(Path.GetExtension(name).ToLowerInvariant()))
        {
            return new PipelinePlot(name, template, Text("title", name), "", "", [], view.FileOf(path) is { } picture ? [new(view.Name, picture)] : []);
        }

        var series = new List<PlotSeries>();
        string xLabel = "", yLabel = "";
        foreach ((string file, string? column) in Columns(definition["y"], name))
        {
            string source = Path.GetFullPath(Path.Combine(folder, file));
            string? x = definition["x"] is DataMap byFile ? (byFile[file] as DataText)?.Text : (definition["x"] as DataText)?.Text;
            foreach ((string member, string text) in Texts(view, source))
            {
                List<IReadOnlyDictionary<string, string>> rows = Rows(member, text);
                if (rows.Count == 0) continue;
                string y = column ?? rows[0].Keys.Last();
                if (!rows[0].ContainsKey(y) || (x is not null && !rows[0].ContainsKey(x))) throw new PipelineException($"plot {name}: {Relative(root, member)} has no column '{(rows[0].ContainsKey(y) ? x : y)}'; it has {string.Join(", ", rows[0].Keys)}");
                series.Add(new PlotSeries(view.Name, Relative(root, member), [.. rows.Select((row, i) => new PlotPoint(x is null ? i.ToString(CultureInfo.InvariantCulture) : row.GetValueOrDefault(x, ""), row.GetValueOrDefault(y, "")))]));
                (xLabel, yLabel) = (x ?? "step", y);
            }
        }
        return new PipelinePlot(name, template, Text("title", name), Text("x_label", xLabel), Text("y_label", yLabel), series, []);
    }

    private static IEnumerable<(string File, string? Column)> Columns(DataValue? y, string name) => y switch
    {
        DataText column => [(name, column.Text)],
        DataList columns => columns.Items.OfType<DataText>().Select(column => (name, (string?)column.Text)),
        DataMap files => files.Entries.SelectMany(file => file.Value is DataList columns ? columns.Items.OfType<DataText>().Select(column => (file.Key, (string?)column.Text)) : [(file.Key, (file.Value as DataText)?.Text)]),
        _ => [(name, null)],
    };

    // A folder of plots is drawn file by file.
    private static IEnumerable<(string Path, string Text)> Texts(PipelineView view, string source)
    {
        if (view.TextOf(source) is { } text) return [(source, text)];
        return view.FilesWithin(source).Where(file => Path.GetExtension(file).ToLowerInvariant() is ".csv" or ".tsv" or ".json" or ".yaml").Select(file => (file, view.TextOf(file)!));
    }

    private static List<IReadOnlyDictionary<string, string>> Rows(string path, string text) => Path.GetExtension(path).ToLowerInvariant() switch
    {
        ".csv" => Separated(path, text, ','),
        ".tsv" => Separated(path, text, '\t'),
        _ => [.. ListOf(DataFile.Parse(path, text)).OfType<DataMap>().Select(row => row.Entries.ToDictionary(cell => cell.Key, cell => cell.Value is DataText words ? words.Text : PythonText.Json(cell.Value)))],
    };

    private static List<IReadOnlyDictionary<string, string>> Separated(string path, string text, char separator)
    {
        var rows = new List<IReadOnlyDictionary<string, string>>();
        try
        {
            using var reader = CsvDataReader.Create(new StringReader(text), new CsvDataReaderOptions { Delimiter = separator });
            while (reader.Read())
            {
                if (rows.Count == MostRows) throw new PipelineException($"{path}: more than {MostRows:N0} rows cannot be drawn");
                var row = new Dictionary<string, string>();
                for (int i = 0; i < reader.FieldCount; i++) row[reader.GetName(i)] = i < reader.RowFieldCount ? reader.GetString(i) : "";
                rows.Add(row);
            }
        }
        catch (Exception error) when (error is CsvFormatException or ArgumentException or CsvRecordTooLargeException)
        {
            throw new PipelineException($"{path}: not a table: {error.Message}", error);
        }
        return rows;
    }

    private static IReadOnlyList<DataValue> ListOf(DataValue value) => value switch
    {
        DataList list => list.Items,
        DataMap map => map.Entries.Select(entry => ListOf(entry.Value)).FirstOrDefault(items => items.Count > 0) ?? [],
        _ => [],
    };

    private static string Relative(string root, string path) => Path.GetRelativePath(root, path).Replace('\\', '/');
}
