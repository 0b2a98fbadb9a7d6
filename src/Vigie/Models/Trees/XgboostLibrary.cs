using System.Runtime.InteropServices;

namespace Vigie.Models;

/// <summary>The functions of XGBoost's C library, 1.7 or later, that training needs. Each answers 0, or else <see cref="XGBGetLastError"/> says why not.</summary>
internal static partial class XgboostLibrary
{
    private const string Name = NativeTreeLibrary.Xgboost;

    [LibraryImport(Name)]
    private static partial nint XGBGetLastError();

    [LibraryImport(Name, StringMarshalling = StringMarshalling.Utf8)]
    public static partial int XGDMatrixCreateFromCSR(string rowStart, string columns, string values, ulong columnCount, string settings, out XgboostMatrix matrix);

    [LibraryImport(Name, StringMarshalling = StringMarshalling.Utf8)]
    public static partial int XGDMatrixSetFloatInfo(XgboostMatrix matrix, string field, float[] values, ulong count);

    [LibraryImport(Name)]
    public static partial int XGDMatrixFree(nint matrix);

    [LibraryImport(Name)]
    public static partial int XGBoosterCreate(nint[] matrices, ulong count, out XgboostBooster booster);

    [LibraryImport(Name)]
    public static partial int XGBoosterFree(nint booster);

    [LibraryImport(Name, StringMarshalling = StringMarshalling.Utf8)]
    public static partial int XGBoosterSetParam(XgboostBooster booster, string name, string value);

    [LibraryImport(Name)]
    public static partial int XGBoosterUpdateOneIter(XgboostBooster booster, int iteration, XgboostMatrix train);

    [LibraryImport(Name, StringMarshalling = StringMarshalling.Utf8)]
    public static partial int XGBoosterEvalOneIter(XgboostBooster booster, int iteration, nint[] matrices, string[] names, ulong count, out nint line);

    [LibraryImport(Name, StringMarshalling = StringMarshalling.Utf8)]
    public static partial int XGBoosterSaveModelToBuffer(XgboostBooster booster, string settings, out ulong length, out nint bytes);

    [LibraryImport(Name, StringMarshalling = StringMarshalling.Utf8)]
    public static unsafe partial int XGBoosterPredictFromDMatrix(XgboostBooster booster, XgboostMatrix matrix, string settings, out ulong* shape, out ulong dimensions, out float* scores);

    /// <exception cref="InvalidInputException">The library refused.</exception>
    public static void Check(int result)
    {
        if (result != 0) throw new InvalidInputException($"XGBoost: {FirstLine(Marshal.PtrToStringUTF8(XGBGetLastError()) ?? "no reason given")}");
    }

    // What follows is where in its own code it gave up.
    private static string FirstLine(string message) => message.Split('\n', 2)[0].Trim();
}

/// <summary>Rows in XGBoost's own memory.</summary>
internal sealed class XgboostMatrix() : SafeHandle(0, ownsHandle: true)
{
    public override bool IsInvalid => handle == 0;

    /// <summary>Copies rows, zeros being left out, and their labels.</summary>
    public static unsafe XgboostMatrix Of(LabelledRows rows)
    {
        float[] values = Array.ConvertAll(rows.Features.Values, value => value == 0 ? float.NaN : (float)value);
        fixed (int* start = rows.Features.RowStart, columns = rows.Features.Columns)
        fixed (float* value = values)
        {
            XgboostLibrary.Check(XgboostLibrary.XGDMatrixCreateFromCSR(
                Describe(start, rows.Features.RowStart.Length, "<i4"), Describe(columns, values.Length, "<i4"), Describe(value, values.Length, "<f4"),
                (ulong)rows.Features.ColumnCount, """{"missing": NaN}""", out XgboostMatrix matrix));
            XgboostLibrary.Check(XgboostLibrary.XGDMatrixSetFloatInfo(matrix, "label", Array.ConvertAll(rows.Labels, label => (float)label), (ulong)rows.Labels.Length));
            return matrix;
        }
    }

    protected override bool ReleaseHandle() => XgboostLibrary.XGDMatrixFree(handle) == 0;

    // As numpy's array interface has it.
    private static unsafe string Describe(void* first, int length, string type) => $$"""{"data": [{{(nuint)first}}, true], "shape": [{{length}}], "typestr": "{{type}}", "version": 3}""";
}

/// <summary>A model in XGBoost's own memory.</summary>
internal sealed class XgboostBooster() : SafeHandle(0, ownsHandle: true)
{
    public override bool IsInvalid => handle == 0;

    protected override bool ReleaseHandle() => XgboostLibrary.XGBoosterFree(handle) == 0;
}
